import { describe, expect, test } from 'vitest';
import { compose } from './compose-file.ts';
import { readPromql } from './promql.ts';
import { problemsOfUses, registeredMetrics } from './registered-metrics.ts';
import { listFiles, readText, readYaml } from './repository.ts';

interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; datasource: { uid: string } }[];
}
interface Dashboard {
  uid: string;
  panels: Panel[];
  templating: { list: { name: string; datasource: { uid: string }; query: { query: string } }[] };
}

const folder = 'infra/grafana';
const sources = readYaml<{ datasources: { uid: string; type: string; url: string; isDefault: boolean }[] }>(
  `${folder}/provisioning/datasources/prometheus.yml`,
).datasources;
const providers = readYaml<{ providers: { options: { path: string } }[] }>(
  `${folder}/provisioning/dashboards/gradewire.yml`,
).providers;
const dashboards = listFiles(`${folder}/dashboards`, (path) => path.endsWith('.json'));
const dashboard = JSON.parse(readText(dashboards[0]!)) as Dashboard;
const panels = dashboard.panels.filter((panel) => panel.type !== 'row');
const metrics = registeredMetrics();

test('one datasource, the Prometheus of the compose file', () => {
  expect(sources).toHaveLength(1);
  expect(sources[0]).toMatchObject({ type: 'prometheus', url: 'http://prometheus:9090', isDefault: true });
  expect(compose.services.prometheus?.networks).toContain('metrics');
});

test('dashboards are provided from the folder that compose mounts', () => {
  const mounts = (compose.services.grafana?.volumes ?? []).map((volume) => volume.split(':'));
  expect(mounts.find(([from]) => from === `./${folder}/dashboards`)?.[1]).toBe(providers[0]?.options.path);
  expect(mounts.find(([from]) => from === `./${folder}/provisioning`)?.[1]).toBe('/etc/grafana/provisioning');
});

describe('the dashboard', () => {
  test('is one, with panels that have ids of their own and do not overlap', () => {
    expect(dashboards).toHaveLength(1);
    const ids = dashboard.panels.map((panel) => panel.id);
    expect(new Set(ids).size).toBe(ids.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of dashboard.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  test.each(panels.map((panel) => [panel.title, panel] as const))(
    '"%s" asks for what exists',
    (_title, panel) => {
      expect(panel.description).toMatch(/\.$/);
      expect(panel.datasource?.uid).toBe(sources[0]?.uid);
      expect(panel.targets?.length).toBeGreaterThan(0);
      for (const target of panel.targets!) {
        expect(target.datasource.uid).toBe(sources[0]?.uid);
        expect(problemsOfUses(readPromql(target.expr), metrics)).toEqual([]);
      }
    },
  );

  test('its variables are those that the expressions use, filled from a metric that exists', () => {
    const builtIn = new Set(['__rate_interval']);
    const used = panels.flatMap((panel) =>
      panel.targets!.flatMap(({ expr }) => [...expr.matchAll(/\$(\w+)/g)]),
    );
    const names = new Set(used.map((match) => match[1]!).filter((name) => !builtIn.has(name)));
    expect([...names]).toEqual(dashboard.templating.list.map(({ name }) => name));
    for (const { query, datasource } of dashboard.templating.list) {
      const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(query.query) ?? [];
      expect(
        problemsOfUses({ uses: [{ metric: metric!, labels: [label!] }], grouping: [] }, metrics),
      ).toEqual([]);
      expect(datasource.uid).toBe(sources[0]?.uid);
    }
  });

  test('shows every metric of ours', () => {
    const shown = panels.flatMap((panel) => panel.targets!.flatMap(({ expr }) => readPromql(expr).uses));
    const names = new Set(shown.map(({ metric }) => metric.replace(/_(bucket|count|sum)$/, '')));
    expect(metrics.map(({ name }) => name).filter((name) => !names.has(name))).toEqual([]);
    expect(metrics.length).toBeGreaterThan(10);
  });
});
