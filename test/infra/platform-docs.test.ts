import {
  defaultAudience,
  FINDINGS,
  GUIDES,
  type Platform,
  PROFILE_NAMES,
  PROFILES,
  type ProfileName,
  parseInput,
  platformInputSchema,
  resolvePlatform,
} from '@gradewire/passback';
import { describe, expect, test } from 'vitest';
import { headingAnchors, relativeLinks } from './markdown.ts';
import { listFiles, readText } from './repository.ts';

const folder = 'docs/platforms';
const findings = readText(`${folder}/findings.md`);
const index = readText(`${folder}/README.md`);
const pageOf = (profile: ProfileName) => readText(`${folder}/${profile}.md`);
const oneLine = (text: string) => text.replace(/\s+/g, ' ');

/** What the flags of `platform add` stand for in the registration. */
const MEMBERS: Record<string, string> = {
  name: 'name',
  'client-id': 'clientId',
  issuer: 'issuer',
  'token-url': 'tokenUrl',
  'jwks-url': 'jwksUrl',
  'openid-configuration-url': 'openidConfigurationUrl',
  audience: 'audience',
  profile: 'profile',
};
const LISTS: Record<string, string> = {
  'deployment-id': 'deploymentIds',
  'service-origin': 'serviceOrigins',
};

/** The registrations that a page's `gradewire platform add` lines would make. */
function registrationsIn(page: string): Record<string, unknown>[] {
  const commands = page.replace(/\\\n\s*/g, '').matchAll(/^gradewire platform add \S+ (.+)$/gm);
  return [...commands].map(([, flags]) => {
    const input: Record<string, unknown> = {};
    for (const [, flag, quoted, plain] of flags!.matchAll(/--([a-z-]+) (?:'([^']*)'|(\S+))/g)) {
      const value = quoted ?? plain!;
      const list = LISTS[flag!];
      if (list) input[list] = [value];
      else input[MEMBERS[flag!] ?? `no flag --${flag}`] = value;
    }
    return input;
  });
}

/** The pattern of a page with something in the place of its capitals. */
const matches = (pattern: string, url: string) => {
  const source = pattern.replace(/[.?]/g, '\\$&').replace(/\b[A-Z]{2,}\b/g, '[\\w.-]+');
  return new RegExp(`^${source.replace('\\.\\.\\.', '\\S+')}$`).test(url);
};

describe('docs/platforms', () => {
  test('has a page for every profile, and no other', () => {
    const expected = ['README', 'findings', ...PROFILE_NAMES].map((name) => `${folder}/${name}.md`);
    expect(listFiles(folder, () => true)).toEqual(expected.sort());
  });

  test('the index links each page and names its addresses', () => {
    for (const profile of PROFILE_NAMES) {
      const row = index.split('\n').find((line) => line.includes(`(${profile}.md)`));
      expect(row, profile).toContain(GUIDES[profile].name);
      expect(row, profile).toContain(`\`${GUIDES[profile].tokenUrl}\``);
      const audience = defaultAudience(profile, GUIDES[profile].tokenUrl);
      expect(row, profile).toContain(
        audience === GUIDES[profile].tokenUrl ? '| the token address' : `\`${audience}\``,
      );
    }
  });
});

describe.each([...PROFILE_NAMES])('docs/platforms/%s.md', (profile) => {
  const page = pageOf(profile);
  const prose = oneLine(page);
  const guide = GUIDES[profile];

  test('names the addresses and the audience that the code goes by', () => {
    expect(page).toContain(`\`${guide.issuer}\``);
    expect(page).toContain(`\`${guide.tokenUrl}\``);
    expect(page).toContain('`https://grades.example/.well-known/jwks.json`');
    const audience = defaultAudience(profile, guide.tokenUrl);
    if (audience !== guide.tokenUrl) expect(page).toContain(`\`${audience}\``);
    const row = page.split('\n').find((line) => line.startsWith('| `audience`'));
    expect(row).toMatch(audience === guide.tokenUrl ? /leave it out/ : /is not the token address/);
  });

  test('has commands that register this platform and nothing else', () => {
    const registrations = registrationsIn(page);
    expect(registrations.length).toBeGreaterThan(0);
    for (const given of registrations) {
      const read = parseInput(platformInputSchema, given);
      if (!read.ok) throw new Error(JSON.stringify(read.problems));
      // What a platform says of itself stands in for what such a command leaves out.
      if (read.value.openidConfigurationUrl) continue;
      const platform = resolvePlatform('school', read.value, 0) as Platform;
      expect(platform).not.toHaveProperty('problems');
      expect(platform).toMatchObject({
        profile,
        audience: defaultAudience(profile, platform.tokenUrl),
        limits: { concurrency: PROFILES[profile].concurrency },
      });
      expect(matches(guide.tokenUrl, platform.tokenUrl), platform.tokenUrl).toBe(true);
      expect(matches(guide.issuer, platform.issuer), platform.issuer).toBe(true);
      const lineItems = /--line-items '?(https:\/\/[^/\s']+)/.exec(page)?.[1];
      if (lineItems) expect(platform.serviceOrigins).toContain(lineItems);
    }
  });

  test('goes from the platform to the first grade', () => {
    const anchors = headingAnchors(page);
    expect(anchors.filter((anchor) => /^[1-4]-/.test(anchor)).map((anchor) => anchor[0])).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
    for (const command of ['platform add', 'platform check', 'score send'])
      expect(page).toContain(`gradewire ${command}`);
    expect(anchors).toContain('sources');
  });

  test('says where each hint is followed, in the words of the hint, and for which findings', () => {
    const fixes = page.split('## If the check fails')[1] ?? '';
    const items = fixes.split(/^- /m).slice(1).map(oneLine);
    for (const [topic, sentence] of Object.entries(guide.topics)) {
      const item = items.find((text) => text.includes(sentence));
      expect(item, sentence).toBeDefined();
      const sent = Object.entries(FINDINGS).filter(([, { where }]) => where === topic);
      expect(sent.length, topic).toBeGreaterThan(0);
      for (const [code] of sent) expect(item).toContain(`[\`${code}\`](findings.md#${code.toLowerCase()})`);
    }
    expect(relativeLinks(page)).toContain('findings.md');
    expect(prose).not.toMatch(/\bTODO\b/);
  });
});

describe('docs/platforms/findings.md', () => {
  test('has every finding of the check under its own heading, with its hint, and no other', () => {
    const sections = findings.split(/^### /m).slice(1);
    const headings = sections.map((section) => section.split('\n', 1)[0]!);
    expect([...headings].sort()).toEqual(Object.keys(FINDINGS).sort());
    for (const section of sections) {
      const code = section.split('\n', 1)[0] as keyof typeof FINDINGS;
      expect(oneLine(section), code).toContain(FINDINGS[code].hint);
      expect(/Where: the page of the platform/.test(oneLine(section)), code).toBe(
        FINDINGS[code].where !== undefined,
      );
    }
  });

  test('leads to the fixes on every page', () => {
    for (const profile of PROFILE_NAMES)
      expect(relativeLinks(findings)).toContain(`${profile}.md#if-the-check-fails`);
  });
});
