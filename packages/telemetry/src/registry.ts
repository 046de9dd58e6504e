import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Buckets in seconds for one request: 5 ms to 30 s. */
export const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30];

/** Buckets in seconds for something that may wait out an outage: 50 ms to 3 days. */
export const WAITING_SECONDS = [
  0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 10_800, 43_200, 86_400, 259_200,
];

export interface MetricDescription<Label extends string> {
  name: string;
  help: string;
  labels: readonly Label[];
}

/** A prom-client registry that already holds Node's default metrics. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** A counter registered in `registry`; its name ends in `_total`. */
export function counter<Label extends string>(
  registry: Registry,
  { name, help, labels }: MetricDescription<Label>,
): Counter<Label> {
  return new Counter({ name, help, labelNames: labels, registers: [registry] });
}

/** A histogram of seconds registered in `registry`. */
export function histogram<Label extends string>(
  registry: Registry,
  { name, help, labels, buckets }: MetricDescription<Label> & { buckets: readonly number[] },
): Histogram<Label> {
  return new Histogram({ name, help, labelNames: labels, buckets: [...buckets], registers: [registry] });
}

/**
 * A gauge registered in `registry`. With `collect` it is filled anew on every scrape: what it held is dropped
 * first, so that a label that is gone stays gone.
 */
export function gauge<Label extends string>(
  registry: Registry,
  {
    name,
    help,
    labels,
    collect,
  }: MetricDescription<Label> & { collect?: (gauge: Gauge<Label>) => Promise<void> },
): Gauge<Label> {
  const configuration = { name, help, labelNames: labels, registers: [registry] };
  if (!collect) return new Gauge(configuration);
  return new Gauge({
    ...configuration,
    async collect() {
      this.reset();
      await collect(this);
    },
  });
}
