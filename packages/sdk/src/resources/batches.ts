import { pollUntilSettled, type SettlementOptions } from '../settlement.ts';
import type { CallOptions, IdempotentCallOptions, Send } from '../transport.ts';
import type { Batch, BatchAccepted } from '../types/batch.ts';
import type { ScoreInput, ScoreInputByUser } from '../types/score.ts';
import type { Sleep } from '../wait.ts';

/** Many scores at once (role `submit`). */
export function batchesResource(send: Send, timing: { sleep: Sleep; now: () => number }) {
  const get = (batchId: string, options: CallOptions = {}) =>
    send<Batch>({ method: 'GET', path: `/v1/batches/${encodeURIComponent(batchId)}`, ...options });

  return {
    /** Hands over up to 1,000 scores. Good ones are accepted whatever the others are: look at `results`. */
    send: (scores: (ScoreInput | ScoreInputByUser)[], options: IdempotentCallOptions = {}) =>
      send<BatchAccepted>({
        method: 'POST',
        path: '/v1/scores/batch',
        body: { scores },
        idempotent: true,
        ...options,
      }),

    get,

    /** Polls until every accepted score of the batch is settled. Dead ones are counted, not thrown. */
    waitForSettlement: (batchId: string, options: SettlementOptions<Batch> = {}) =>
      pollUntilSettled<Batch>({
        ...options,
        ...timing,
        look: () => get(batchId, options.signal ? { signal: options.signal } : {}),
        isDone: (batch) => batch.done,
      }),
  };
}
