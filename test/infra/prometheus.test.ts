import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compose } from './compose-file.ts';
import { headingAnchors } from './markdown.ts';
import { readPromql } from './promql.ts';
import { problemsOfUses, registeredMetrics } from './registered-metrics.ts';
import { readText, readYaml, root } from './repository.ts';

interface ScrapeJob {
  job_name: string;
  dns_sd_configs?: { names: string[]; type: string; port: number }[];
}
interface Rule {
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}
interface RuleTests {
  rule_files: string[];
  tests: {
    alert_rule_test: { alertname: string; exp_alerts: { exp_annotations: Record<string, string> }[] }[];
  }[];
}

const folder = 'infra/prometheus';
const config = readYaml<{ rule_files: string[]; scrape_configs: ScrapeJob[] }>(`${folder}/prometheus.yml`);
const rules = readYaml<{ groups: { name: string; rules: Rule[] }[] }>(
  `${folder}/rules/gradewire.rules.yml`,
).groups.flatMap((group) => group.rules);
const unitTests = readYaml<RuleTests>(`${folder}/rules/gradewire.rules.test.yml`);
const promtool = (process.env.PATH ?? '')
  .split(delimiter)
  .map((directory) => join(directory, 'promtool'))
  .find((path) => existsSync(path));

describe('prometheus.yml', () => {
  test('scrapes every replica of the two services at the port where its metrics are', () => {
    const targets = config.scrape_configs.flatMap((job) => job.dns_sd_configs ?? []);
    const ports = {
      ingest: Number(compose.services.ingest?.environment?.GRADEWIRE_METRICS_PORT),
      delivery: Number(compose.services.delivery?.environment?.GRADEWIRE_DELIVERY_PORT),
    };
    expect(targets.map(({ names, type, port }) => ({ names, type, port }))).toEqual([
      { names: ['ingest'], type: 'A', port: ports.ingest },
      { names: ['delivery'], type: 'A', port: ports.delivery },
    ]);
    for (const name of ['ingest', 'delivery']) expect(compose.services[name]?.networks).toContain('metrics');
  });

  test('loads the rules and not their tests', () => {
    expect(config.rule_files).toEqual(['rules/*.rules.yml']);
    expect(existsSync(join(root, folder, 'rules/gradewire.rules.yml'))).toBe(true);
  });
});

describe('alert rules', () => {
  const metrics = registeredMetrics();
  const anchors = headingAnchors(readText('docs/operations.md'));

  test('each is there once', () => {
    const names = rules.map((rule) => rule.alert);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['GradewireUndeliveredTooOld', 'GradewireLaneHeld']));
  });

  test.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s uses what the services register',
    (_name, rule) => {
      expect(problemsOfUses(readPromql(rule.expr), metrics)).toEqual([]);
    },
  );

  test.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s says what is wrong and what to do',
    (_name, rule) => {
      expect(rule.for).toMatch(/^\d+[mh]$/);
      expect(rule.labels.severity).toMatch(/^(warning|critical)$/);
      expect(Object.keys(rule.annotations).sort()).toEqual(['description', 'runbook', 'summary']);
      expect(rule.annotations.summary).toMatch(/\.$/);
      const [path, anchor] = rule.annotations.runbook!.split('#');
      expect(path).toBe('docs/operations.md');
      expect(anchors).toContain(anchor);
    },
  );

  test('each is shown firing by a unit test, and those that can be quiet are shown quiet', () => {
    const cases = unitTests.tests.flatMap((each) => each.alert_rule_test);
    const firing = new Set(cases.filter((each) => each.exp_alerts.length > 0).map((each) => each.alertname));
    const quiet = new Set(cases.filter((each) => each.exp_alerts.length === 0).map((each) => each.alertname));
    const names = rules.map((rule) => rule.alert).sort();
    expect([...firing].sort()).toEqual(names);
    expect([...quiet].sort()).toEqual(names);
    expect(unitTests.rule_files).toEqual(['gradewire.rules.yml']);
  });

  test('the unit tests expect the words that the rules have', () => {
    const texts = new Map(rules.map((rule) => [rule.alert, rule.annotations.description]));
    for (const { alertname, exp_alerts } of unitTests.tests.flatMap((each) => each.alert_rule_test)) {
      for (const { exp_annotations } of exp_alerts)
        expect(exp_annotations.description).toBe(texts.get(alertname));
    }
  });

  test(`promtool agrees (${promtool ? 'found on PATH' : 'not on PATH: the checks above stand alone'})`, () => {
    if (!promtool) {
      // Without it nothing evaluates the expressions, so at least each has to read as one.
      for (const rule of rules) expect(readPromql(rule.expr).uses.length, rule.alert).toBeGreaterThan(0);
      return;
    }
    const run = (...args: string[]) =>
      execFileSync(promtool, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' });
    expect(run('check', 'config', `${folder}/prometheus.yml`)).toContain('SUCCESS');
    expect(run('test', 'rules', `${folder}/rules/gradewire.rules.test.yml`)).toContain('SUCCESS');
  });
});
