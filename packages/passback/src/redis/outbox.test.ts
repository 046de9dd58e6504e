import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, facts, minute, platformId, useRecord } from '../testing/record-fixture.ts';
import { ActivePlatforms } from './active-platforms.ts';
import { platformKey } from './keys.ts';
import { LaneState } from './lane-state.ts';
import { Outbox } from './outbox.ts';
import { ScoreRecord } from './record.ts';
import { SecretBox } from './secret-box.ts';

const store = useRecord();
const delivered = { kind: 'delivered', facts } as const;
const dead = { kind: 'dead', reason: 'USER_NOT_FOUND' } as const;
const down = { reason: 'PLATFORM_DOWN', forMs: 1_000, level: 0 };
const everything = '1 score.delivered score.dead score.superseded lane.held lane.resumed';

const want = (events: string) => store.redis.set(platformKey(platformId, 'events-wanted'), events);
const outbox = () => new Outbox({ redis: store.redis });
/** What stands in the outbox, in short. */
const told = async () =>
  (await outbox().page(platformId, 100)).map(({ type, scoreId, reason }) => `${type} ${scoreId ?? reason}`);
/** A cell is served once a second at the most, so each post comes later. */
const post = (cell: string) => {
  store.shift += 2_000;
  return store.post(cell);
};

const named = ({ cell, scoreId, fence }: { cell: string; scoreId: string; fence: string }) => ({
  platformId,
  cell,
  scoreId,
  fence,
});

beforeEach(() => want(everything));
afterEach(async () => {
  // Whatever is told is told by a script that did it.
  for (const { atMs, id } of await outbox().page(platformId, 100)) {
    expect(atMs - store.shift).toBeLessThanOrEqual(Number(id.split('-')[0]));
  }
});

describe('scores are told of', () => {
  it('when they are delivered, and what came before them when it gives way', async () => {
    const first = await store.accepted();
    const second = await store.accepted();
    expect(await told()).toEqual([`score.superseded ${first.id}`]);
    await store.settle(await post(second.cell), delivered);
    expect(await told()).toEqual([`score.superseded ${first.id}`, `score.delivered ${second.id}`]);
  });

  it('when they are older than what is there, although nobody works on them', async () => {
    await store.settle(await post((await store.accepted()).cell), delivered);
    const late = await store.accepted({ timestamp: at(-minute) });
    expect((await told()).at(-1)).toBe(`score.superseded ${late.id}`);
  });

  it('when they die, when they are replayed and die again, and when a newer one takes their place', async () => {
    const score = await store.accepted();
    await store.settle(await post(score.cell), dead);
    await store.record.replay(score.id);
    await store.settle(await post(score.cell), dead);
    const newer = await store.accepted();
    expect(await told()).toEqual([
      `score.dead ${score.id}`,
      `score.dead ${score.id}`,
      `score.superseded ${score.id}`,
    ]);
    await store.settle(await post(newer.cell), delivered);
    expect((await told()).at(-1)).toBe(`score.delivered ${newer.id}`);
  });

  it('when they are delivered again because somebody asked for it', async () => {
    const score = await store.accepted();
    await store.settle(await post(score.cell), delivered);
    await store.record.replay(score.id, { delivered: true });
    await store.settle(await post(score.cell), delivered);
    expect(await told()).toEqual([`score.delivered ${score.id}`, `score.delivered ${score.id}`]);
  });

  it('when they took workers down with them', async () => {
    const score = await store.accepted();
    for (let crash = 0; crash < 6; crash += 1) {
      await post(score.cell);
      store.shift += 31_000;
    }
    expect((await store.begin(score.cell)).kind).toBe('crashed');
    expect(await told()).toEqual([`score.dead ${score.id}`]);
  });

  it('when the platform has a newer one, and when one that is being posted gives way afterwards', async () => {
    const first = await store.accepted();
    const lease = await post(first.cell);
    const second = await store.accepted();
    expect(await told()).toEqual([]);
    await store.settle(lease, { kind: 'later', delayMs: 0, ambiguous: false });
    expect(await told()).toEqual([`score.superseded ${first.id}`]);
    await store.settle(await post(second.cell), { kind: 'superseded', reason: 'NEWER_ON_PLATFORM' });
    expect((await told()).at(-1)).toBe(`score.superseded ${second.id}`);
  });

  it('when an alias turns out to be a cell that has a newer one', async () => {
    const target = { lineItemsUrl: 'https://lms.example/lineitems', resourceId: 'r1' };
    const alias = await store.accepted({ target, timestamp: at(-minute) });
    const direct = await store.accepted();
    await store.settle(await post(direct.cell), delivered);
    const column = { key: direct.cell.split('.')[0]!, lineItemUrl: 'https://lms.example/lineitems/1' };
    expect((await store.begin(alias.cell, { column })).kind).toBe('nothing');
    expect(await told()).toEqual([`score.delivered ${direct.id}`, `score.superseded ${alias.id}`]);
  });

  it('not when nothing became of them: taken back, given up, tried later, sent once more for a correction', async () => {
    const cancelled = await store.accepted({ userId: 'a' });
    await store.record.cancel(cancelled.id);
    const tried = await store.accepted({ userId: 'b' });
    await store.settle(await post(tried.cell), { kind: 'later', delayMs: 0, ambiguous: false });
    expect(await told()).toEqual([]);
    const score = await store.accepted({ userId: 'c' });
    await store.settle(await post(score.cell), dead);
    await store.record.discard(score.id, 'never mind');
    expect(await told()).toEqual([`score.dead ${score.id}`]);
  });

  it('not again when a delivered one is posted once more for a correction', async () => {
    const older = await store.accepted();
    const lost = await post(older.cell);
    store.shift += 31_000;
    const newer = await store.accepted();
    await store.settle(await post(newer.cell), delivered);
    // The older post ends after the newer one: what the platform shows is in doubt.
    expect(await store.settle(lost, delivered)).toMatchObject({ result: 'late', again: true });
    await store.settle(await post(newer.cell), delivered);
    expect(await told()).toEqual([`score.superseded ${older.id}`, `score.delivered ${newer.id}`]);
  });

  it('by what some callback wants, and no more', async () => {
    await want('2 score.dead');
    const score = await store.accepted();
    const newer = await store.accepted();
    await store.settle(await post(newer.cell), dead);
    expect(await told()).toEqual([`score.dead ${newer.id}`]);
    expect(await store.statusOf(score.id)).toBe('superseded');
  });

  it('to the process that settled them', async () => {
    const heard: string[] = [];
    const record = new ScoreRecord({
      redis: store.redis,
      box: new SecretBox(randomBytes(32)),
      retentionMs: 1e9,
      cellRetentionMs: 1e10,
      clockShiftMs: () => store.shift,
      onTold: (id) => heard.push(id),
    });
    const score = await store.accepted();
    const lease = await post(score.cell);
    await record.settle({
      ...named(lease),
      settlement: { kind: 'later', delayMs: 0, ambiguous: false },
    });
    expect(heard).toEqual([]);
    const again = await post(score.cell);
    await record.settle({ ...named(again), settlement: delivered });
    expect(heard).toEqual([platformId]);
  });
});

describe('a lane is told of', () => {
  it('when its hold begins, when its reason changes and when it ends; not for each probe or an operator', async () => {
    const lane = new LaneState({ redis: store.redis });
    await lane.pause(platformId);
    await lane.hold(platformId, { ...down, epochSeen: 0 });
    await lane.hold(platformId, { ...down, level: 1, epochSeen: 1 });
    await lane.hold(platformId, { ...down, reason: 'THROTTLED', level: 2, epochSeen: 2 });
    await lane.resume(platformId);
    await lane.release(platformId, 3);
    await lane.release(platformId, 4);
    await lane.hold(platformId, { ...down, epochSeen: 4 });
    expect(await told()).toEqual([
      'lane.held PLATFORM_DOWN',
      'lane.held THROTTLED',
      'lane.resumed THROTTLED',
      'lane.held PLATFORM_DOWN',
    ]);
    const [held] = await outbox().page(platformId, 1);
    expect(held!.untilMs! - held!.atMs).toBe(1_000);
  });
});

it('nothing is ever written where no callback is registered', async () => {
  await store.redis.del(platformKey(platformId, 'events-wanted'));
  const first = await store.accepted();
  const second = await store.accepted();
  await store.settle(await post(second.cell), delivered);
  await store.settle(await post((await store.accepted({ userId: 'x' })).cell), dead);
  const lane = new LaneState({ redis: store.redis });
  await lane.hold(platformId, { ...down, epochSeen: 0 });
  await lane.release(platformId, 1);
  expect(await store.statusOf(first.id)).toBe('superseded');
  expect(await store.redis.exists(platformKey(platformId, 'events'))).toBe(0);
});

it('a platform with something to tell stays active', async () => {
  const active = new ActivePlatforms({ redis: store.redis, markLifeMs: 0 });
  await active.add(platformId);
  await store.settle(await post((await store.accepted()).cell), delivered);
  expect(await active.retireIfIdle(platformId)).toBe(false);
  const entries = await outbox().page(platformId, 10);
  expect(await outbox().waiting([platformId, 'other'])).toEqual([platformId]);
  await outbox().remove(
    platformId,
    entries.map(({ id }) => id),
  );
  expect(await active.retireIfIdle(platformId)).toBe(true);
});
