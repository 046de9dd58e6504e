import { expect, test } from 'vitest';
import { createGradewire } from './client.ts';
import { type FakeApi, type Reply, startFakeApi } from './testing/fake-api.ts';

const scoreIs = (status: string): Reply => ({ status: 200, body: { id: 'sc_1', status } });

/** A client whose clock moves only by waiting. */
function clientWithClock(api: FakeApi) {
  const waits: number[] = [];
  let nowMs = 0;
  const sleep = async (ms: number) => {
    waits.push(ms);
    nowMs += ms;
  };
  return { gw: createGradewire({ baseUrl: api.url, apiKey: 'k', sleep, now: () => nowMs }), waits };
}

test('a score is looked at, less and less often, until it is settled', async () => {
  await using api = await startFakeApi(
    scoreIs('queued'),
    scoreIs('delivering'),
    scoreIs('retrying'),
    scoreIs('dead'),
  );
  const { gw, waits } = clientWithClock(api);
  const seen: string[] = [];
  const score = await gw.scores.waitForSettlement('sc_1', { onProgress: ({ status }) => seen.push(status) });
  expect(score.status).toBe('dead');
  expect(seen).toEqual(['queued', 'delivering', 'retrying', 'dead']);
  expect(waits).toEqual([100, 150, 225]);
});

test('a batch is done when the API says so', async () => {
  await using api = await startFakeApi(
    { status: 200, body: { batchId: 'b', done: false, counts: { queued: 2 } } },
    { status: 200, body: { batchId: 'b', done: true, counts: { delivered: 1, dead: 1 } } },
  );
  const { gw } = clientWithClock(api);
  expect((await gw.batches.waitForSettlement('b')).counts).toEqual({ delivered: 1, dead: 1 });
});

test('waiting ends at its time-out with TIMEOUT, never sleeping past it', async () => {
  await using api = await startFakeApi(scoreIs('held'));
  const { gw, waits } = clientWithClock(api);
  await expect(gw.scores.waitForSettlement('sc_1', { timeoutMs: 500 })).rejects.toMatchObject({
    code: 'TIMEOUT',
  });
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(500);
});

test('waiting is aborted by its signal', async () => {
  await using api = await startFakeApi(scoreIs('queued'));
  const gw = createGradewire({ baseUrl: api.url, apiKey: 'k' });
  const abort = new AbortController();
  const waiting = gw.scores.waitForSettlement('sc_1', { signal: abort.signal, minPollMs: 60_000 });
  setTimeout(() => abort.abort(), 60);
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
});
