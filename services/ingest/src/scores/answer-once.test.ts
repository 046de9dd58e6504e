import type { Claim } from '@gradewire/passback/redis';
import { describe, expect, it } from 'vitest';
import { Problem } from '../http/problem.ts';
import { answerOnce, type ClaimStore } from './answer-once.ts';

const idempotency = { key: 'k', fingerprint: 'f' };
const reply = { status: 202, headers: { Location: '/x' }, body: { id: 'x' } };

function storeOf(claim: Claim): ClaimStore & { calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    claim: async () => claim,
    finish: async (_key, _token, answer) => {
      calls.push(`finish ${answer}`);
      return true;
    },
    abandon: async () => {
      calls.push('abandon');
    },
  };
}

describe('answerOnce', () => {
  it('keeps the first answer', async () => {
    const store = storeOf({ kind: 'claimed', token: 't' });
    expect(await answerOnce(store, idempotency, { whileInFlight: 'refuse' }, async () => reply)).toEqual(
      reply,
    );
    expect(store.calls).toEqual([`finish ${JSON.stringify(reply)}`]);
  });

  it('gives it again, and says so', async () => {
    const store = storeOf({ kind: 'finished', answer: JSON.stringify(reply) });
    const again = await answerOnce(store, idempotency, { whileInFlight: 'refuse' }, async () => {
      throw new Error('asked again');
    });
    expect(again).toEqual({ ...reply, headers: { Location: '/x', 'Idempotency-Replayed': 'true' } });
  });

  it('leaves no trace of a refusal, nor of an answer that is not final', async () => {
    const store = storeOf({ kind: 'claimed', token: 't' });
    const refused = answerOnce(store, idempotency, { whileInFlight: 'refuse' }, async () => {
      throw new Problem('INVALID');
    });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID' });
    await answerOnce(
      store,
      idempotency,
      { whileInFlight: 'refuse', isFinal: () => false },
      async () => reply,
    );
    expect(store.calls).toEqual(['abandon', 'abandon']);
  });

  it('answers although the claim cannot be settled', async () => {
    const store = {
      ...storeOf({ kind: 'claimed', token: 't' }),
      finish: async () => Promise.reject(new Error('away')),
    };
    expect(await answerOnce(store, idempotency, { whileInFlight: 'refuse' }, async () => reply)).toEqual(
      reply,
    );
  });

  it('refuses another body, and a twin under way unless joining is harmless', async () => {
    const mismatch = answerOnce(
      storeOf({ kind: 'mismatch' }),
      idempotency,
      { whileInFlight: 'join' },
      async () => reply,
    );
    await expect(mismatch).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    const inFlight = storeOf({ kind: 'inFlight', retryInMs: 900 });
    await expect(
      answerOnce(inFlight, idempotency, { whileInFlight: 'refuse' }, async () => reply),
    ).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_FLIGHT', headers: { 'Retry-After': '1' } });
    expect(await answerOnce(inFlight, idempotency, { whileInFlight: 'join' }, async () => reply)).toEqual(
      reply,
    );
  });
});
