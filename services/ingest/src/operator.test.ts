import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { scoreBody, startTestIngest, type TestIngest } from './testing/test-ingest.ts';

let redis: TestRedis;
let test: TestIngest;

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestIngest(redis.url);
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
  await redis.stop();
});

/** Sends a score and settles it as a worker would. */
async function settled(platformId: string, userId: string, kind: 'dead' | 'delivered'): Promise<string> {
  const { record } = test.ingest.context;
  const { body } = await test.call('POST', '/v1/scores', scoreBody(platformId, { userId }));
  const [cell] = (await test.ingest.context.reader.undeliveredCells(platformId, 0, 1000)).cells.slice(-1);
  const begun = await record.begin({ platformId, cell: cell!.cell, wireStepMs: 1 });
  if (begun.kind !== 'post') throw new Error(begun.kind);
  await record.settle({
    platformId,
    cell: begun.cell,
    scoreId: begun.scoreId,
    fence: begun.fence,
    settlement:
      kind === 'dead'
        ? { kind, reason: 'USER_NOT_IN_CONTEXT', detail: 'not enrolled' }
        : { kind, facts: { contentHash: 'x', hasGrade: true } },
  });
  return body.id;
}

const statusOf = async (id: string) => (await test.call('GET', `/v1/scores/${id}`)).body.status;

describe('dead letters', () => {
  it('are listed, summed up, replayed and discarded', async () => {
    await test.putPlatform('dead');
    const ids = [await settled('dead', 'a', 'dead'), await settled('dead', 'b', 'dead')];

    const list = await test.call('GET', '/v1/dead-letters?platformId=dead&reason=USER_NOT_IN_CONTEXT');
    expect(list.body.data.map(({ id }: { id: string }) => id).sort()).toEqual([...ids].sort());
    expect(list.body.data[0]).toMatchObject({
      status: 'dead',
      detail: 'not enrolled',
      hint: expect.any(String),
    });
    expect((await test.call('GET', '/v1/dead-letters?platformId=dead&reason=EXPIRED')).body.data).toEqual([]);
    expect((await test.call('GET', '/v1/dead-letters?platformId=dead&reason=NONE')).status).toBe(422);

    const summary = await test.call('GET', '/v1/dead-letters/summary');
    expect(summary.body.data).toContainEqual({
      platformId: 'dead',
      reason: 'USER_NOT_IN_CONTEXT',
      count: 2,
      oldestAt: expect.stringMatching(/Z$/),
      hint: expect.any(String),
    });

    expect((await test.call('POST', `/v1/dead-letters/${ids[0]}/replay`)).status).toBe(202);
    expect(await statusOf(ids[0]!)).toBe('queued');
    const twice = await test.call('POST', `/v1/dead-letters/${ids[0]}/replay`);
    expect([twice.status, twice.body.code]).toEqual([409, 'NOT_DEAD']);

    expect((await test.call('POST', `/v1/dead-letters/${ids[1]}/discard`, {})).status).toBe(422);
    expect(
      (await test.call('POST', `/v1/dead-letters/${ids[1]}/discard`, { note: 'left the course' })).status,
    ).toBe(200);
    expect((await test.call('GET', `/v1/scores/${ids[1]}`)).body).toMatchObject({
      status: 'cancelled',
      detail: 'left the course',
    });
    expect((await test.call('GET', '/v1/dead-letters?platformId=dead')).body.data).toEqual([]);
  });
});

describe('dead letters of a platform that was removed', () => {
  it('are not queued for nobody', async () => {
    await test.putPlatform('removed');
    const id = await settled('removed', 'a', 'dead');
    expect((await test.call('DELETE', '/v1/platforms/removed')).status).toBe(204);

    const one = await test.call('POST', `/v1/dead-letters/${id}/replay`);
    expect([one.status, one.body.code]).toEqual([422, 'UNKNOWN_PLATFORM']);
    for (const [body, pointer] of [
      [{ scoreIds: [id] }, '/scoreIds'],
      [{ filter: { platformId: 'removed' } }, '/filter/platformId'],
    ] as const) {
      const many = await test.call('POST', '/v1/replays', body);
      expect([many.status, many.body.code, many.body.errors[0].pointer]).toEqual([
        422,
        'UNKNOWN_PLATFORM',
        pointer,
      ]);
    }
    expect(await statusOf(id)).toBe('dead');
    const gone = id.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect((await test.call('POST', `/v1/dead-letters/${gone}/replay`)).status).toBe(404);

    await test.putPlatform('removed');
    expect((await test.call('POST', `/v1/dead-letters/${id}/replay`)).status).toBe(202);
  });
});

describe('replays', () => {
  const finished = (id: string) =>
    vi.waitFor(
      async () => {
        const { body } = await test.call('GET', `/v1/replays/${id}`);
        expect(body.status).not.toBe('running');
        return body;
      },
      { timeout: 60_000, interval: 50 },
    );

  it('put back what matches, after a dry run that only counts', async () => {
    await test.putPlatform('replayed');
    const ids = [];
    for (const user of ['a', 'b', 'c']) ids.push(await settled('replayed', user, 'dead'));
    const filter = { platformId: 'replayed', reason: 'USER_NOT_IN_CONTEXT' };
    const dry = await test.call('POST', '/v1/replays', { filter, dryRun: true });
    expect([dry.status, dry.body]).toEqual([200, { matched: 3 }]);
    expect(await statusOf(ids[0]!)).toBe('dead');

    const replay = await test.call('POST', '/v1/replays', { filter });
    expect(replay.status).toBe(202);
    expect(replay.body).toMatchObject({
      status: 'running',
      matched: 3,
      replayed: 0,
      delivered: 0,
      failed: 0,
    });
    expect(await finished(replay.body.id)).toMatchObject({ status: 'done', matched: 3, replayed: 3 });
    for (const id of ids) expect(await statusOf(id)).toBe('queued');
    expect(await test.ingest.context.lanes.queue('replayed').getWaitingCount()).toBe(3);
    expect((await test.call('DELETE', `/v1/replays/${replay.body.id}`)).body.code).toBe('REPLAY_FINISHED');
  });

  it('put named ones back, and delivered ones where asked', async () => {
    await test.putPlatform('named');
    const dead = await settled('named', 'a', 'dead');
    const delivered = await settled('named', 'b', 'delivered');
    const byId = await test.call('POST', '/v1/replays', { scoreIds: [dead, delivered] });
    expect(await finished(byId.body.id)).toMatchObject({ matched: 2, replayed: 1, delivered: 0 });
    expect(await statusOf(delivered)).toBe('delivered');

    const again = await test.call('POST', '/v1/replays', {
      filter: { platformId: 'named', status: 'delivered' },
    });
    expect(await finished(again.body.id)).toMatchObject({ matched: 1, replayed: 1 });
    expect(await statusOf(delivered)).toBe('queued');
  });

  it('keep their rate and stop within two seconds of a cancel', async () => {
    await test.putPlatform('slow');
    for (let i = 0; i < 10; i += 1) await settled('slow', `u${i}`, 'dead');
    const began = performance.now();
    const replay = await test.call('POST', '/v1/replays', {
      filter: { platformId: 'slow' },
      ratePerSecond: 2,
    });
    const replayed = async () => (await test.call('GET', `/v1/replays/${replay.body.id}`)).body.replayed;
    await expect.poll(replayed).toBeGreaterThan(1);
    const cancelled = await test.call('DELETE', `/v1/replays/${replay.body.id}`);
    expect(cancelled.body.status).toBe('cancelled');
    expect(cancelled.body.replayed).toBeLessThanOrEqual(((performance.now() - began) / 1_000) * 2 + 1);
    await new Promise((done) => setTimeout(done, 1_500));
    const { body } = await test.call('GET', '/v1/dead-letters?platformId=slow');
    expect(body.data.length).toBeGreaterThanOrEqual(10 - cancelled.body.replayed - 1);
    expect((await test.call('DELETE', `/v1/replays/${replay.body.id}`)).status).toBe(200);
  });

  it.each([
    [{}, ''],
    [{ filter: { platformId: 'x' }, scoreIds: ['sc_x_0'] }, ''],
    [{ scoreIds: [] }, '/scoreIds'],
    [{ scoreIds: ['x'] }, '/scoreIds/0'],
    [{ filter: {} }, '/filter/platformId'],
    [{ filter: { platformId: 'slow', status: 'queued' } }, '/filter/status'],
    [{ filter: { platformId: 'slow', status: 'delivered', reason: 'EXPIRED' } }, '/filter/reason'],
    [{ filter: { platformId: 'slow' }, ratePerSecond: 0 }, '/ratePerSecond'],
  ])('refuse %j', async (body, pointer) => {
    const answer = await test.call('POST', '/v1/replays', body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });
});

describe('lanes', () => {
  it('are read, paused and resumed', async () => {
    await test.putPlatform('lane', { limits: { concurrency: 3, ratePerSecond: 7 } });
    const { body: score } = await test.call('POST', '/v1/scores', scoreBody('lane'));
    const open = await test.call('GET', '/v1/lanes/lane');
    expect(open.body).toEqual({
      platformId: 'lane',
      state: 'open',
      undelivered: 1,
      oldestUndeliveredSeconds: expect.any(Number),
      dead: 0,
      limits: { concurrency: 3, ratePerSecond: 7 },
    });
    expect((await test.call('POST', '/v1/lanes/lane/pause')).body.state).toBe('paused');
    expect(await statusOf(score.id)).toBe('held');
    expect((await test.call('POST', '/v1/lanes/lane/resume')).body.state).toBe('open');
    const all = await test.call('GET', '/v1/lanes?limit=1000');
    expect(all.body.data.map(({ platformId }: { platformId: string }) => platformId)).toContain('lane');
    expect((await test.call('GET', '/v1/lanes/none')).status).toBe(404);
  });

  it('show the pace that a platform taught by its refusals', async () => {
    await test.putPlatform('paced', { limits: { concurrency: 3 } });
    const { budget } = test.ingest.context;
    await budget.throttled('paced', { forMs: 60_000, epoch: 0, concurrency: 3 });
    const { body } = await test.call('GET', '/v1/lanes/paced');
    expect(body.limits).toEqual({ concurrency: 3, learnedRatePerSecond: 3 });
  });
});
