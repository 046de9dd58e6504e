import { allPages } from '../paging.ts';
import { isSettled, pollUntilSettled, type SettlementOptions } from '../settlement.ts';
import type { CallOptions, IdempotentCallOptions, Send } from '../transport.ts';
import type { Page, PageQuery } from '../types/page.ts';
import type { Score, ScoreAccepted, ScoreInput, ScoreInputByUser, ScoreQuery } from '../types/score.ts';
import type { Sleep } from '../wait.ts';

const path = (scoreId: string) => `/v1/scores/${encodeURIComponent(scoreId)}`;

/** Single scores (role `submit`). */
export function scoresResource(send: Send, timing: { sleep: Sleep; now: () => number }) {
  const get = (scoreId: string, options: CallOptions = {}) =>
    send<Score>({ method: 'GET', path: path(scoreId), ...options });

  const list = (query: ScoreQuery & PageQuery, options: CallOptions = {}) =>
    send<Page<Score>>({ method: 'GET', path: '/v1/scores', query: { ...query }, ...options });

  return {
    /** Hands a score over. When this resolves the score is stored; `waitForSettlement` tells when the gradebook shows it. */
    send: (score: ScoreInput | ScoreInputByUser, options: IdempotentCallOptions = {}) =>
      send<ScoreAccepted>({ method: 'POST', path: '/v1/scores', body: score, idempotent: true, ...options }),

    get,

    /** One page. `all` walks the pages. */
    list,

    all: (query: ScoreQuery, options: CallOptions = {}) =>
      allPages((cursor) => list(cursor ? { ...query, cursor } : query, options)),

    /** Withdraws a score that is not settled; refused (409) once it is, or while it is being posted. */
    cancel: (scoreId: string, options: CallOptions = {}) =>
      send<void>({ method: 'DELETE', path: path(scoreId), ...options }),

    /** Polls until the score is delivered, superseded, dead or cancelled, and resolves to it. Dead is an answer, not an error. */
    waitForSettlement: (scoreId: string, options: SettlementOptions<Score> = {}) =>
      pollUntilSettled<Score>({
        ...options,
        ...timing,
        look: () => get(scoreId, signalOf(options)),
        isDone: (score) => isSettled(score.status),
      }),
  };
}

const signalOf = ({ signal }: CallOptions): CallOptions => (signal ? { signal } : {});
