import type { CallbackAnswer } from '@gradewire/passback';
import type { UnitSettled } from '@gradewire/passback/redis';
import { type Logger, statusClass } from '@gradewire/telemetry';
import type { Metrics } from '../metrics.ts';

type CallbackAttempted = Pick<UnitSettled, 'outcome'> & {
  callbackId: string;
  deliveryId: string;
  durationMs: number;
} & (
    | Pick<CallbackAnswer & { kind: 'delivered' }, 'httpStatus'>
    | Pick<CallbackAnswer & { kind: 'failed' }, 'httpStatus' | 'reason'>
  );

/**
 * What happens while callbacks are sent, one function per event: the log line and the count are written together, here only.
 * No line has a URL, a body or what an endpoint said.
 */
export interface CallbackEvents {
  attempted(event: CallbackAttempted): void;
  /** The breaker opened or closed, or the callback was disabled. */
  turned(event: { callbackId: string; turned: NonNullable<UnitSettled['turned']> }): void;
  /** What no encryption key opens waits for the right one. */
  unreadable(event: { callbackId: string; count: number }): void;
  /** Callbacks that had something due and nobody to look after it. */
  swept(event: { added: number }): void;
  failed(event: { callbackId?: string; platformId?: string; error: unknown }): void;
}

export function createCallbackEvents(options: {
  logger: Logger;
  metrics: Pick<Metrics, 'callbacksSent' | 'callbackRequestSeconds'>;
}): CallbackEvents {
  const { logger, metrics } = options;
  return {
    attempted({ callbackId, deliveryId, durationMs, outcome, httpStatus, ...rest }) {
      const status_class = statusClass(httpStatus);
      metrics.callbacksSent.inc({ outcome: outcome === 'delivered' ? 'delivered' : 'failed' });
      metrics.callbackRequestSeconds.observe({ status_class }, durationMs / 1_000);
      const line = { event: 'callback', callbackId, deliveryId, durationMs, statusClass: status_class };
      if (outcome === 'delivered') return logger.debug(line, 'callback sent');
      const reason = 'reason' in rest ? rest.reason : undefined;
      const words = outcome === 'later' ? 'callback failed' : 'callback failed for good';
      logger.info({ ...line, reason }, words);
    },
    turned({ callbackId, turned }) {
      switch (turned) {
        case 'opened':
          logger.warn({ event: 'callback-held', callbackId }, 'callback keeps failing: one try at a time');
          break;
        case 'closed':
          logger.info({ event: 'callback-resumed', callbackId }, 'callback works again');
          break;
        default:
          logger.warn({ event: 'callback-disabled', callbackId, reason: turned }, 'callback disabled');
      }
    },
    unreadable({ callbackId, count }) {
      logger.error(
        { event: 'encryption-key', callbackId, count },
        'the encryption key does not open what a callback is to be sent',
      );
    },
    swept({ added }) {
      logger.info({ event: 'callbacks-swept', added }, 'callbacks that the queue had lost were added');
    },
    failed({ error, ...whose }) {
      logger.error(
        { event: 'callbacks-failed', ...whose, err: error },
        'callbacks met an error of their own',
      );
    },
  };
}
