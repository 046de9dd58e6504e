import {
  type Counter,
  counter,
  type Histogram,
  histogram,
  REQUEST_SECONDS,
  type Registry,
} from '@gradewire/telemetry';

export interface Metrics {
  scoresAccepted: Counter<'platform' | 'source'>;
  scoresRejected: Counter<'code'>;
  httpRequestDuration: Histogram<'route' | 'method' | 'status'>;
}

/** What ingest counts itself; the gauges read from Redis are in `redis-gauges.ts`. */
export function createMetrics(registry: Registry): Metrics {
  return {
    scoresAccepted: counter(registry, {
      name: 'gradewire_scores_accepted_total',
      help: 'Scores answered 202, by how they came.',
      labels: ['platform', 'source'],
    }),
    scoresRejected: counter(registry, {
      name: 'gradewire_scores_rejected_total',
      help: 'Scores refused at the door, by problem code.',
      labels: ['code'],
    }),
    httpRequestDuration: histogram(registry, {
      name: 'gradewire_http_request_duration_seconds',
      help: 'Time to answer a request of the API.',
      labels: ['route', 'method', 'status'],
      buckets: REQUEST_SECONDS,
    }),
  };
}
