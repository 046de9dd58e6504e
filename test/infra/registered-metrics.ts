import { listFiles, readText } from './repository.ts';

export interface RegisteredMetric {
  name: string;
  labels: string[];
}

/** The metrics of ours that the sources register, read from where each is described: a name, a help text, a list of labels. */
export function registeredMetrics(): RegisteredMetric[] {
  const sources = ['services', 'packages'].flatMap((folder) =>
    listFiles(folder, (path) => path.includes('/src/') && path.endsWith('.ts') && !path.endsWith('.test.ts')),
  );
  const found = new Map<string, RegisteredMetric>();
  for (const path of sources) {
    const description = /'(gradewire_[a-z_]+)',[^[]*?\[([^\]]*)\]/g;
    for (const [, name, labels] of readText(path).matchAll(description)) {
      found.set(name!, { name: name!, labels: [...labels!.matchAll(/'(\w+)'/g)].map((match) => match[1]!) });
    }
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** What a scrape adds to every series. */
const TARGET_LABELS = ['job', 'instance'];

/** Series of others that rules and panels may use: Prometheus's own and the Node defaults of prom-client. */
const FOREIGN = new Set(['up', 'nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes']);

/** The labels of a series, or undefined when nothing registers it. A histogram has three series. */
function labelsOfSeries(series: string, metrics: readonly RegisteredMetric[]): string[] | undefined {
  if (FOREIGN.has(series)) return TARGET_LABELS;
  const exact = metrics.find(({ name }) => name === series);
  if (exact) return [...exact.labels, ...TARGET_LABELS];
  const suffix = /_(bucket|count|sum)$/.exec(series)?.[0] ?? '';
  const histogram = metrics.find(({ name }) => name.endsWith('_seconds') && name + suffix === series);
  if (!suffix || !histogram) return undefined;
  return [...histogram.labels, ...TARGET_LABELS, ...(suffix === '_bucket' ? ['le'] : [])];
}

/** What is wrong with the metrics and labels of an expression; empty when all is known. */
export function problemsOfUses(
  { uses, grouping }: { uses: { metric: string; labels: string[] }[]; grouping: string[] },
  metrics: readonly RegisteredMetric[],
): string[] {
  const known = new Set<string>();
  const problems: string[] = [];
  for (const { metric, labels } of uses) {
    const own = labelsOfSeries(metric, metrics);
    if (!own) problems.push(`nothing registers ${metric}`);
    for (const label of own ?? []) known.add(label);
    for (const label of labels)
      if (own && !own.includes(label)) problems.push(`${metric} has no label ${label}`);
  }
  for (const label of grouping) if (!known.has(label)) problems.push(`no series here has the label ${label}`);
  return problems;
}
