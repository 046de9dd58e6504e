import {
  type Counter,
  counter,
  type Histogram,
  histogram,
  REQUEST_SECONDS,
  type Registry,
  WAITING_SECONDS,
} from '@gradewire/telemetry';

export interface Metrics {
  settled: Counter<'platform' | 'status' | 'reason'>;
  deliverySeconds: Histogram<'platform'>;
  attempts: Counter<'platform' | 'stage' | 'outcome'>;
  requestSeconds: Histogram<'profile' | 'endpoint' | 'status_class'>;
  tokenFetches: Counter<'platform' | 'outcome'>;
  lineItemsCreated: Counter<'platform'>;
  callbacksSent: Counter<'outcome'>;
  callbackRequestSeconds: Histogram<'status_class'>;
}

/** What delivery counts. */
export function createMetrics(registry: Registry): Metrics {
  return {
    settled: counter(registry, {
      name: 'gradewire_scores_settled_total',
      help: 'Scores that reached their end in delivery, by status and reason.',
      labels: ['platform', 'status', 'reason'],
    }),
    deliverySeconds: histogram(registry, {
      name: 'gradewire_delivery_duration_seconds',
      help: 'Time from accepting a score to the platform having it.',
      labels: ['platform'],
      buckets: WAITING_SECONDS,
    }),
    attempts: counter(registry, {
      name: 'gradewire_attempts_total',
      help: 'Attempts at a cell that a platform answered or left unanswered, by stage and outcome.',
      labels: ['platform', 'stage', 'outcome'],
    }),
    requestSeconds: histogram(registry, {
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
    lineItemsCreated: counter(registry, {
      name: 'gradewire_line_items_created_total',
      help: 'Gradebook columns made.',
      labels: ['platform'],
    }),
    callbacksSent: counter(registry, {
      name: 'gradewire_callbacks_sent_total',
      help: 'Attempts at telling a callback of an event, by outcome: delivered or failed.',
      labels: ['outcome'],
    }),
    callbackRequestSeconds: histogram(registry, {
      name: 'gradewire_callback_request_duration_seconds',
      help: 'Time until the endpoint of a callback answered one request, or did not.',
      labels: ['status_class'],
      buckets: REQUEST_SECONDS,
    }),
  };
}
