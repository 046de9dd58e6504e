import { expect, it, vi } from 'vitest';
import { Exchange } from './exchange.ts';

/** Stands still, as a stopped process does: no timer fires meanwhile. */
const standStill = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

it('does not begin to send after its time, though the timer has not fired yet', async () => {
  const request = { stage: 'score', method: 'POST', url: 'https://lms.test/scores', headers: {} } as const;
  const exchange = new Exchange(request, { requestTimeoutMs: 20, maxResponseBytes: 1024 });
  standStill(25);
  const abort = vi.fn();
  exchange.onRequestStart({ abort } as never);
  expect(abort).toHaveBeenCalledOnce();
  expect(await exchange.answer).toMatchObject({
    kind: 'noResponse',
    code: 'CONNECT_TIMEOUT',
    maybeSeen: false,
  });
});
