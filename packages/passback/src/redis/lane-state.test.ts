import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis } from './connection.ts';
import { platformKey } from './keys.ts';
import { LaneState } from './lane-state.ts';

let server: TestRedis;
let redis: Redis;
let state: LaneState;

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.url, 'patient');
  state = new LaneState({ redis });
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(() => server.flush());

const down = { reason: 'PLATFORM_DOWN', forMs: 1_000, level: 0 };
/** Moves the beginnings of a hold or pause into the past: time is moved, not waited for. */
const age = async (field: string, ms: number) => {
  const key = platformKey('a', 'lane');
  await redis.hset(key, field, Number(await redis.hget(key, field)) - ms);
};
const heldTotalMs = async () => Number(await redis.hget(platformKey('a', 'lane'), 'heldTotalMs'));

describe('hold', () => {
  it('is taken by the first failure of an epoch only', async () => {
    expect(await state.hold('a', { ...down, epochSeen: 0 })).toBe(true);
    expect(await state.hold('a', { ...down, level: 5, epochSeen: 0 })).toBe(false);
    const lane = await state.get('a');
    expect(lane).toMatchObject({ holdReason: 'PLATFORM_DOWN', holdLevel: 0, epoch: 1, paused: false });
    expect(lane.holdUntilMs! - lane.nowMs).toBeGreaterThan(900);
  });

  it('never brings the next probe forward', async () => {
    await state.hold('a', { ...down, forMs: 60_000, epochSeen: 0 });
    const first = (await state.get('a')).holdUntilMs;
    await state.hold('a', { ...down, forMs: 10, level: 1, epochSeen: 1, probe: 'cell' });
    expect(await state.get('a')).toMatchObject({
      holdUntilMs: first,
      holdLevel: 1,
      epoch: 2,
      lastProbe: 'cell',
    });
  });

  it('counts the time of a reason from when that reason began', async () => {
    await state.hold('a', { ...down, epochSeen: 0 });
    await age('heldSince', 5_000);
    await age('reasonSince', 5_000);
    await state.hold('a', { ...down, level: 1, epochSeen: 1 });
    const same = await state.get('a');
    expect(same.reasonSinceMs).toBe(same.heldSinceMs);
    await state.hold('a', { ...down, reason: 'CREDENTIALS_REJECTED', level: 2, epochSeen: 2 });
    const changed = await state.get('a');
    expect(changed.reasonSinceMs! - changed.heldSinceMs!).toBeGreaterThanOrEqual(4_900);
  });
});

describe('release', () => {
  it('ends the hold of its own epoch, and nothing that began before it can hold the lane again', async () => {
    await state.hold('a', { ...down, epochSeen: 0 });
    expect(await state.release('a', 0)).toBe(false);
    expect(await state.release('a', 1)).toBe(true);
    expect(await state.release('a', 2)).toBe(false);
    expect(await state.hold('a', { ...down, epochSeen: 0 })).toBe(false);
    expect((await state.get('a')).holdReason).toBeUndefined();
  });

  it('leaves an operator’s pause, as the pause leaves the hold', async () => {
    await state.pause('a');
    await state.hold('a', { ...down, epochSeen: 0 });
    await state.release('a', 1);
    expect((await state.get('a')).paused).toBe(true);
    await state.hold('a', { ...down, epochSeen: 2 });
    await state.resume('a');
    expect(await state.get('a')).toMatchObject({ paused: false, holdReason: 'PLATFORM_DOWN' });
  });

  it('ends the streak that led to the hold', async () => {
    await redis.hset(platformKey('a', 'lane'), 'streakReason', 'PLATFORM_DOWN', 'streakCells', 'a b c ');
    await state.hold('a', { ...down, epochSeen: 0 });
    expect(await redis.hget(platformKey('a', 'lane'), 'streakCells')).toBeNull();
  });
});

describe('the time that no retry age includes', () => {
  it('is the time held', async () => {
    await state.hold('a', { ...down, epochSeen: 0 });
    await age('heldSince', 60_000);
    await state.release('a', 1);
    expect(await heldTotalMs()).toBeGreaterThanOrEqual(60_000);
    expect(await heldTotalMs()).toBeLessThan(61_000);
  });

  it.each([
    ['a pause within a hold', { heldSince: 90_000, pausedAt: 30_000 }, 90_000],
    ['a hold within a pause', { heldSince: 30_000, pausedAt: 90_000 }, 90_000],
  ])('counts %s once', async (_name, ages, total) => {
    for (const first of ['resume', 'release']) {
      await server.flush();
      await state.hold('a', { ...down, epochSeen: 0 });
      await state.pause('a');
      for (const [field, ms] of Object.entries(ages)) await age(field, ms);
      await (first === 'resume' ? state.resume('a') : state.release('a', 1));
      await (first === 'resume' ? state.release('a', 1) : state.resume('a'));
      expect(await heldTotalMs()).toBeGreaterThanOrEqual(total);
      expect(await heldTotalMs()).toBeLessThan(total + 1_000);
    }
  });

  it('keeps the beginning of a pause that is asked for twice', async () => {
    await state.pause('a');
    await age('pausedAt', 10_000);
    await state.pause('a');
    await state.resume('a');
    expect(await heldTotalMs()).toBeGreaterThanOrEqual(10_000);
  });
});
