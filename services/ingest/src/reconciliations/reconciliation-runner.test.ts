import { SCOPES } from '@gradewire/ags';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { columnKeyOf, deliveredFactsOf, PROFILES, type Score } from '@gradewire/passback';
import {
  newScoreId,
  type Reconciliation,
  ReconciliationStore,
  ScoreRecord,
  SecretBox,
} from '@gradewire/passback/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Context, closeContext, connectContext, createContext } from '../context.ts';
import { type FakePlatform, startFakePlatform } from '../testing/fake-platform.ts';
import { testConfig } from '../testing/test-ingest.ts';
import type { ReconciliationRequest } from './reconciliation-request.ts';
import { ReconciliationRunner } from './reconciliation-runner.ts';
import { ReconciliationSchedule } from './reconciliation-schedule.ts';

let redis: TestRedis;
let context: Context;
let platform: FakePlatform;
let platformId: string;
let nth = 0;
let reads: string[];
/** Moves on with every post, since two to a cell keep a distance. */
let shift = 0;

beforeAll(async () => {
  redis = await startTestRedis();
  platform = await startFakePlatform({});
  context = createContext(testConfig(redis.url, { logLevel: 'silent' }));
  await connectContext(context);
  await context.toolKeys.ensure();
  context.record = new ScoreRecord({
    redis: context.redis,
    box: new SecretBox(context.config.encryptionKey),
    retentionMs: context.config.retentionMs,
    cellRetentionMs: context.config.cellRetentionMs,
    clockShiftMs: () => shift,
  });
  context.reconciliations = new ReconciliationStore({ redis: context.redis, runLeaseMs: 600 });
});
afterAll(async () => {
  await closeContext(context);
  await platform[Symbol.asyncDispose]();
  await redis.stop();
});

beforeEach(async () => {
  nth += 1;
  platformId = `p${nth}`;
  reads = [];
  const { url } = platform;
  platform.paths = {
    '/token': () => ({
      status: 200,
      body: {
        access_token: `t${nth}`,
        token_type: 'Bearer',
        expires_in: 3600,
        scope: Object.values(SCOPES).join(' '),
      },
    }),
  };
  await context.platforms.put({
    id: platformId,
    name: platformId,
    issuer: `${url}/${nth}`,
    clientId: platformId,
    tokenUrl: `${url}/token`,
    audience: url,
    profile: 'generic',
    serviceOrigins: [url],
    limits: { concurrency: 2 },
    limitGroup: platformId,
    createdAt: '2027-01-01T00:00:00.000Z',
    updatedAt: '2027-01-01T00:00:00.000Z',
  });
});

const urlOf = (column: string) => `${platform.url}/${column}`;

/** What a column shows from now on; a number is an HTTP status. */
function shows(column: string, answer: object[] | number): void {
  platform.paths[`/${column}/results`] = () => {
    reads.push(column);
    return typeof answer === 'number' ? { status: answer, body: {} } : { status: 200, body: answer };
  };
}

/** A score that is delivered, or that nobody answered for. */
async function post(
  column: string,
  userId: string,
  scoreGiven: number,
  ending = 'delivered',
): Promise<string> {
  const { record } = context;
  shift += 2_000;
  const id = newScoreId(platformId, Date.now());
  const score: Score = {
    userId,
    target: { lineItemUrl: urlOf(column) },
    scoreGiven,
    scoreMaximum: 10,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
  };
  const [accepted] = await record.accept(platformId, [{ id, score }]);
  if (!accepted?.ok) throw new Error('not accepted');
  const begun = await record.begin({ platformId, cell: accepted.cell, wireStepMs: 1, probe: true });
  if (begun.kind !== 'post') throw new Error(begun.kind);
  const { cell, scoreId, fence, delivered } = begun;
  const lease = { platformId, cell, scoreId, fence };
  if (ending !== 'delivered') {
    const later = { kind: 'later', delayMs: 3_600_000, ambiguous: true } as const;
    await record.settle({ ...lease, settlement: later });
    if (ending === 'dead') {
      const again = await record.begin({ platformId, cell, wireStepMs: 1, probe: true });
      if (again.kind !== 'post') throw new Error(again.kind);
      await record.settle({
        ...lease,
        fence: again.fence,
        settlement: { kind: 'dead', reason: 'EXPIRED' },
      });
    }
    return id;
  }
  const facts = deliveredFactsOf(score, PROFILES.generic, delivered);
  await record.settle({ ...lease, settlement: { kind: 'delivered', facts } });
  return id;
}

const start = (request: Partial<ReconciliationRequest> = {}) =>
  context.reconciliations.create(platformId, { repair: false, ...request });

async function ended(id: string): Promise<Reconciliation> {
  return await vi.waitFor(
    async () => {
      const found = await context.reconciliations.get(id);
      expect(found?.status).not.toBe('running');
      return found!;
    },
    { timeout: 60_000, interval: 50 },
  );
}

async function run(request: Partial<ReconciliationRequest> = {}): Promise<Reconciliation> {
  await using runner = new ReconciliationRunner(context, { retryBaseMs: 10 });
  const { id } = await start(request);
  runner.start();
  return await ended(id);
}

const grade = (userId: string, resultScore: number) => ({ userId, resultScore, resultMaximum: 10 });

describe('ReconciliationRunner', () => {
  it('reads each column once and tells what differs', async () => {
    await post('a', 'u1', 5);
    await post('a', 'u2', 5);
    await post('a', 'u2', 6);
    await post('b', 'u1', 7);
    const verified = await post('b', 'u3', 9);
    shows('a', [grade('u2', 5), grade('stranger', 1)]);
    shows('b', [grade('u1', 8), grade('u3', 9)]);
    const { id, status, counts, columns } = await run();
    expect({ status, columns, ...counts }).toMatchObject({
      status: 'done',
      columns: 2,
      checked: 4,
      matching: 1,
      missing: 1,
      different: 1,
      changedByTeacher: 1,
      repaired: 0,
    });
    expect(reads.sort()).toEqual(['a', 'b']);
    const drifts = await context.reconciliations.drifts(id, 0, 10);
    expect(drifts.find(({ kind }) => kind === 'different')).toMatchObject({
      userId: 'u2',
      lineItemUrl: urlOf('a'),
      delivered: 6,
      observed: 5,
      maximum: 10,
    });
    expect((await context.reader.get(verified))?.verifiedAt).toMatch(/Z$/);
  });

  it('puts back what is missing or older, and nothing of a teacher’s', async () => {
    const missing = await post('a', 'u1', 5);
    await post('a', 'u2', 5);
    const older = await post('a', 'u2', 6);
    const changed = await post('a', 'u3', 7);
    shows('a', [grade('u2', 5), grade('u3', 8)]);
    const { id, counts } = await run({ lineItemUrl: urlOf('a'), repair: true });
    expect(counts.repaired).toBe(2);
    const status = async (scoreId: string) => (await context.reader.get(scoreId))?.status;
    expect(await Promise.all([missing, older, changed].map(status))).toEqual([
      'queued',
      'queued',
      'delivered',
    ]);
    const drifts = await context.reconciliations.drifts(id, 0, 10);
    expect(drifts.map(({ userId, repair }) => [userId, repair]).sort()).toEqual([
      ['u1', 'sent'],
      ['u2', 'sent'],
      ['u3', undefined],
    ]);
    // They are on their way now, so that nothing is said of them.
    expect((await run({ repair: true })).counts).toMatchObject({ checked: 1, underWay: 2, repaired: 0 });
  });

  it('settles what nobody answered for and is shown, dead letters too', async () => {
    const shown = await post('a', 'u1', 5, 'later');
    const dead = await post('a', 'u2', 6, 'dead');
    const lost = await post('a', 'u3', 7, 'later');
    const deadFirst = await context.reader.deadLetters({ platformId, limit: 10 });
    expect(deadFirst.data.map(({ id }) => id)).toEqual([dead]);
    shows('a', [grade('u1', 5), grade('u2', 6)]);
    const { counts } = await run({ lineItemUrl: urlOf('a') });
    expect(counts.settled).toBe(2);
    const status = async (scoreId: string) => (await context.reader.get(scoreId))?.status;
    expect(await Promise.all([shown, dead, lost].map(status))).toEqual([
      'delivered',
      'delivered',
      'retrying',
    ]);
    expect((await context.reader.deadLetters({ platformId, limit: 10 })).data).toEqual([]);
    expect((await run()).counts).toMatchObject({ checked: 2, matching: 2, settled: 0 });
  });

  it('goes on with the columns that are left when another process dies', async () => {
    await post('a', 'u1', 5);
    await post('b', 'u1', 5);
    shows('a', []);
    shows('b', [grade('u1', 5)]);
    const { id } = await start();
    expect(await context.reconciliations.take(id, 'gone')).toBe(true);
    const found = { column: columnKeyOf(urlOf('a')), counts: { checked: 1, missing: 1 }, drifts: [] };
    await context.reconciliations.columnDone(id, 'gone', found);
    await using runner = new ReconciliationRunner(context);
    runner.start();
    expect((await ended(id)).counts).toMatchObject({ checked: 2, matching: 1, missing: 1 });
    expect(reads).toEqual(['b']);
  });

  it('looks again at what a process found that died, before it sends anything', async () => {
    const left = ['u1', 'u2', 'u3'];
    const ids: string[] = [];
    for (const userId of left) ids.push(await post('a', userId, 5));
    const { id } = await start({ repair: true });
    expect(await context.reconciliations.take(id, 'gone')).toBe(true);
    await context.reconciliations.columnDone(id, 'gone', {
      column: columnKeyOf(urlOf('a')),
      counts: { checked: 3, missing: 3 },
      drifts: left.map((userId, i) => ({
        userId,
        lineItemUrl: urlOf('a'),
        scoreId: ids[i]!,
        kind: 'missing',
        delivered: 5,
        observed: null,
        maximum: 10,
      })),
    });
    // One is on its way already, and a teacher has mended another by hand.
    await context.record.replay(ids[0]!, { seen: { contentHash: '', hasGrade: false } });
    shows('a', [grade('u2', 9)]);
    await using runner = new ReconciliationRunner(context);
    runner.start();
    expect((await ended(id)).counts.repaired).toBe(2);
    const drifts = await context.reconciliations.drifts(id, 0, 10);
    expect(drifts.map(({ repair }) => repair)).toEqual(['sent', 'changed', 'sent']);
    const found = await Promise.all(ids.map((scoreId) => context.reader.get(scoreId)));
    expect(found.map((score) => score?.status)).toEqual(['queued', 'delivered', 'queued']);
    expect(reads).toEqual(['a']);
  });

  it('takes no grade that was shown earlier for the landing of a later post', async () => {
    await post('a', 'u1', 8);
    await post('a', 'u1', 5, 'later');
    let lost = '';
    platform.paths['/a/results'] = async () => {
      if (lost === '') {
        await post('a', 'u1', 5);
        lost = await post('a', 'u1', 8, 'later');
      }
      // As it was when the reading began.
      return { status: 200, body: [grade('u1', 8)] };
    };
    expect((await run({ lineItemUrl: urlOf('a') })).counts).toMatchObject({ settled: 0, underWay: 1 });
    expect((await context.reader.get(lost))?.status).toBe('retrying');
  });

  it('waits out trouble, and says which columns it could not read', async () => {
    await post('a', 'u1', 5);
    await post('gone', 'u1', 5);
    let failures = 2;
    platform.paths['/a/results'] = () =>
      failures-- > 0 ? { status: 503, body: {} } : { status: 200, body: [grade('u1', 5)] };
    shows('gone', 404);
    const { id, status, counts } = await run();
    expect([status, counts.matching]).toEqual(['done', 1]);
    expect(await context.reconciliations.unread(id)).toMatchObject([
      { lineItemUrl: urlOf('gone'), reason: 'LINE_ITEM_GONE' },
    ]);
    shows('a', 404);
    expect((await run()).status).toBe('failed');
  });

  it('says nothing of a column whose reading was broken off by its own stop', async () => {
    await post('a', 'u1', 5);
    const { id } = await start();
    const runner = new ReconciliationRunner(context, { retryBaseMs: 1 });
    const stopped = new Promise<void>((resolve) => {
      let asked = 0;
      platform.paths['/a/results'] = () => {
        asked += 1;
        // The last of five tries, each of three requests.
        if (asked === 13) resolve(runner[Symbol.asyncDispose]());
        return { status: 503, body: {} };
      };
    });
    runner.start();
    await stopped;
    expect(await context.reconciliations.unread(id)).toEqual([]);
    expect((await context.reconciliations.get(id))?.status).toBe('running');
    await context.reconciliations.cancel(id);
  });

  it('reads nothing where the platform is no longer registered', async () => {
    await post('a', 'u1', 5);
    const known = await context.platforms.get(platformId);
    await context.platforms.put({ ...known!, serviceOrigins: ['https://other.example'] });
    const { id, status } = await run();
    expect(status).toBe('failed');
    expect(await context.reconciliations.unread(id)).toMatchObject([{ reason: 'ORIGIN_NOT_ALLOWED' }]);
    expect(reads).toEqual([]);
  });

  it('stops when it is cancelled', async () => {
    await post('a', 'u1', 5);
    platform.paths['/a/results'] = () => ({ status: 503, body: {}, headers: { 'retry-after': '60' } });
    await using runner = new ReconciliationRunner(context);
    const { id } = await start();
    runner.start();
    await vi.waitFor(async () => expect((await context.reconciliations.get(id))?.columns).toBe(1), 60_000);
    await context.reconciliations.cancel(id);
    expect((await ended(id)).status).toBe('cancelled');
    expect(await context.reconciliations.unfinished()).not.toContain(id);
  });
});

describe('ReconciliationSchedule', () => {
  it('gives each platform one turn in an interval, for columns with deliveries, while its lane is open', async () => {
    await post('a', 'u1', 5);
    const schedule = new ReconciliationSchedule(context, 60_000);
    await context.laneState.pause(platformId);
    const ofMine = async () => (await context.reconciliations.list(platformId, { limit: 10 })).data;
    await schedule.look();
    expect(await ofMine()).toEqual([]);
    await context.laneState.resume(platformId);
    await schedule.look();
    await schedule.look();
    expect(await ofMine()).toMatchObject([
      { status: 'running', request: { repair: false, scheduledSinceMs: expect.any(Number) } },
    ]);
  });

  it('does nothing unless it is asked to', async () => {
    await post('a', 'u1', 5);
    await using schedule = new ReconciliationSchedule(context, 0);
    schedule.start();
    expect((await context.reconciliations.list(platformId, { limit: 10 })).data).toEqual([]);
  });
});
