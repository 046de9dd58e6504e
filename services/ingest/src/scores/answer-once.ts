import type { BatchStore } from '@gradewire/passback/redis';
import { Problem } from '../http/problem.ts';
import type { Reply } from '../http/route.ts';
import { refusalProblem } from './accept-scores.ts';
import type { Idempotency } from './idempotency.ts';

export type ClaimStore = Pick<BatchStore, 'claim' | 'finish' | 'abandon'>;

export interface OnceOptions {
  /** What a request does while its twin is under way: `refuse` with 409, or `join` where accepting twice is harmless. */
  whileInFlight: 'refuse' | 'join';
  /** Whether the answer is final. One that is not lets the same key be tried again. */
  isFinal?: (reply: Reply) => boolean;
}

/**
 * Answers a request with an Idempotency-Key once: its repetition gets the first answer again, marked
 * `Idempotency-Replayed: true`. A request that was refused leaves no trace, so that its key is free for the corrected one.
 * @throws Problem `IDEMPOTENCY_MISMATCH` for another body, `IDEMPOTENCY_IN_FLIGHT`
 */
export async function answerOnce(
  store: ClaimStore,
  idempotency: Idempotency | undefined,
  { whileInFlight, isFinal = () => true }: OnceOptions,
  produce: () => Promise<Reply>,
): Promise<Reply> {
  if (!idempotency) return produce();
  const { key, fingerprint } = idempotency;
  const claim = await store.claim(key, fingerprint);
  switch (claim.kind) {
    case 'mismatch':
      throw refusalProblem('IDEMPOTENCY_MISMATCH');
    case 'finished': {
      const first = JSON.parse(claim.answer) as Reply;
      return { ...first, headers: { ...first.headers, 'Idempotency-Replayed': 'true' } };
    }
    case 'inFlight':
      if (whileInFlight === 'join') return produce();
      throw new Problem('IDEMPOTENCY_IN_FLIGHT', { retryAfterSeconds: 1 });
    case 'claimed':
      return produceUnderClaim(store, key, claim.token, isFinal, produce);
  }
}

/** A claim that cannot be settled lapses by itself, so failing at that changes no answer. */
async function produceUnderClaim(
  store: ClaimStore,
  key: string,
  token: string,
  isFinal: (reply: Reply) => boolean,
  produce: () => Promise<Reply>,
): Promise<Reply> {
  let final: Reply | undefined;
  try {
    const reply = await produce();
    if (isFinal(reply)) final = reply;
    return reply;
  } finally {
    const settled: Promise<unknown> = final
      ? store.finish(key, token, JSON.stringify(final))
      : store.abandon(key, token);
    await settled.catch(() => undefined);
  }
}
