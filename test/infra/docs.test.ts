import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { headingAnchors, relativeLinks } from './markdown.ts';
import { registeredMetrics } from './registered-metrics.ts';
import { listFiles, readText, root } from './repository.ts';

const pages = ['README.md', ...listFiles('docs', (path) => path.endsWith('.md'))];
const operations = readText('docs/operations.md');
const configs = ['services/ingest/src/config.ts', 'services/delivery/src/config.ts'];

describe('links', () => {
  test.each(pages)('of %s lead to files and headings that exist', (page) => {
    const broken = relativeLinks(readText(page)).filter((link) => {
      const [path, anchor] = link.split('#');
      const target = path ? normalize(join(dirname(page), path)) : page;
      if (!existsSync(join(root, target))) return true;
      return Boolean(anchor) && !headingAnchors(readText(target)).includes(anchor!);
    });
    expect(broken).toEqual([]);
  });

  test('there is a front page, a guide for each kind of reader, and the decisions', () => {
    expect(pages).toEqual(
      expect.arrayContaining(['docs/architecture.md', 'docs/operations.md', 'docs/platform-notes.md']),
    );
    const decisions = pages.filter((page) => page.startsWith('docs/decisions/'));
    expect(decisions.map((page) => page.slice(15, 19))).toEqual(
      decisions.map((_, index) => String(index + 1).padStart(4, '0')),
    );
    for (const page of decisions) {
      const parts = [...readText(page).matchAll(/^## (.+)$/gm)].map((match) => match[1]);
      expect(parts, page).toEqual(['Context', 'Decision', 'Consequences']);
    }
  });

  test('the front page links each guarantee to the test that attacks it', () => {
    const guarantees =
      readText('README.md')
        .split(/^## /m)
        .find((part) => part.startsWith('Guarantees')) ?? '';
    const items = guarantees.split(/^- /m).slice(1);
    expect(items.length).toBeGreaterThanOrEqual(5);
    for (const item of items)
      expect(
        relativeLinks(item).some((link) => link.endsWith('.test.ts')),
        item,
      ).toBe(true);
  });
});

describe('docs/operations.md', () => {
  test('lists every variable that the services read, and none that they do not', () => {
    const table = operations.split(/^## /m).find((part) => part.startsWith('Environment')) ?? '';
    const listed = [...table.matchAll(/`(GRADEWIRE_\w+)`/g)].map((match) => match[1]!);
    const read = configs.flatMap((path) =>
      [...readText(path).matchAll(/\b(GRADEWIRE_\w+)/g)].map((match) => match[1]!),
    );
    expect([...new Set(listed)].sort()).toEqual([...new Set(read)].sort());
  });

  test('lists every metric that the services register, with its labels, and none that they do not', () => {
    const table = operations.split(/^## /m).find((part) => part.startsWith('Metrics')) ?? '';
    const listed = [...table.matchAll(/^\| `(gradewire_\w+)(?:\{([\w,]*)\})?`/gm)].map(
      ([, name, labels]) => `${name}{${labels ?? ''}}`,
    );
    const registered = registeredMetrics().map(({ name, labels }) => `${name}{${labels.join(',')}}`);
    expect(listed.sort()).toEqual(registered.sort());
  });
});
