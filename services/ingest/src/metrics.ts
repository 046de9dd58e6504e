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
  webhooksReceived: Counter<'platform' | 'outcome'>;
  webhookEntries: Counter<'platform' | 'outcome'>;
  httpRequestDuration: Histogram<'route' | 'method' | 'status'>;
  platformRequestSeconds: Histogram<'profile' | 'endpoint' | 'status_class'>;
  tokenFetches: Counter<'platform' | 'outcome'>;
  reconciliations: Counter<'platform' | 'status'>;
  reconciliationChecked: Counter<'platform'>;
  reconciliationDrifted: Counter<'platform' | 'kind'>;
  reconciliationSettled: Counter<'platform'>;
  reconciliationRepaired: Counter<'platform'>;
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
    webhooksReceived: counter(registry, {
      name: 'gradewire_webhooks_received_total',
      help: 'Webhooks accepted, told to be duplicates, or refused, which are counted under no platform.',
      labels: ['platform', 'outcome'],
    }),
    webhookEntries: counter(registry, {
      name: 'gradewire_webhook_entries_total',
      help: 'What webhook deliveries came to: grades accepted or unmatched, and deliveries that are no matter of grades.',
      labels: ['platform', 'outcome'],
    }),
    httpRequestDuration: histogram(registry, {
      name: 'gradewire_http_request_duration_seconds',
      help: 'Time to answer a request of the API.',
      labels: ['route', 'method', 'status'],
      buckets: REQUEST_SECONDS,
    }),
    platformRequestSeconds: histogram(registry, {
      name: 'gradewire_platform_request_duration_seconds',
      help: 'Time until a platform answered one request, or did not.',
      labels: ['profile', 'endpoint', 'status_class'],
      buckets: REQUEST_SECONDS,
    }),
    tokenFetches: counter(registry, {
      name: 'gradewire_token_fetches_total',
      help: 'Access tokens asked for, by outcome.',
      labels: ['platform', 'outcome'],
    }),
    reconciliations: counter(registry, {
      name: 'gradewire_reconciliations_total',
      help: 'Reconciliations that ended, by how: failed ones could read no column.',
      labels: ['platform', 'status'],
    }),
    reconciliationChecked: counter(registry, {
      name: 'gradewire_reconciliation_checked_total',
      help: 'Delivered grades compared with what the gradebook shows.',
      labels: ['platform'],
    }),
    reconciliationDrifted: counter(registry, {
      name: 'gradewire_reconciliation_drifted_total',
      help: 'Of those, grades that the gradebook does not show, by kind.',
      labels: ['platform', 'kind'],
    }),
    reconciliationSettled: counter(registry, {
      name: 'gradewire_reconciliation_settled_total',
      help: 'Scores settled as delivered because the gradebook showed what an unanswered post had left in doubt.',
      labels: ['platform'],
    }),
    reconciliationRepaired: counter(registry, {
      name: 'gradewire_reconciliation_repaired_total',
      help: 'Grades put back in the queue because the gradebook did not show them.',
      labels: ['platform'],
    }),
  };
}
