import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { platformFor, useTestRedis } from '../testing/store-fixture.ts';
import type { UserSelector } from '../user-selector.ts';
import { PlatformStore } from './platform-store.ts';
import { ScoreRecord } from './record.ts';
import { newScoreId } from './score-id.ts';
import { ScoreReader } from './score-reader.ts';
import { SealedSelectors } from './sealed-selectors.ts';
import { SecretBox } from './secret-box.ts';

const fixture = useTestRedis();
const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
const old = new SecretBox(oldKey);
const both = new SecretBox(newKey, oldKey);
const DAY = 86_400_000;
const recordWith = (box: SecretBox) =>
  new ScoreRecord({ redis: fixture.redis, box, retentionMs: DAY, cellRetentionMs: DAY });

async function accept(platformId: string, box: SecretBox, user: UserSelector | undefined): Promise<string> {
  const id = newScoreId(platformId, Date.now());
  const score = {
    target: { launchId: 'launch' },
    scoreGiven: 1,
    scoreMaximum: 2,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
  } as const;
  await recordWith(box).accept(platformId, [
    { id, score: { ...score, ...(user ? { user } : { userId: 'u' }) } },
  ]);
  return id;
}

async function bury(platformId: string, box: SecretBox): Promise<void> {
  const record = recordWith(box);
  const reader = new ScoreReader({ redis: fixture.redis, box });
  const { cells } = await reader.undeliveredCells(platformId, 0, 1);
  const { cell } = cells[0]!;
  const begun = await record.begin({ platformId, cell, wireStepMs: 1 });
  if (begun.kind !== 'identify') throw new Error(begun.kind);
  const { fence, scoreId } = begun;
  const settlement = { kind: 'dead', reason: 'USER_NOT_FOUND' } as const;
  await record.settle({ platformId, cell, scoreId, fence, settlement });
}

test('what waits for a roster or died of it is sealed anew, and nothing else is touched', async () => {
  const platforms = new PlatformStore({ redis: fixture.redis });
  await platforms.put(platformFor('a'));
  await platforms.put(platformFor('b'));
  const dead = await accept('a', old, { email: 'dead@school.example' });
  await bury('a', old);
  const waiting = [
    await accept('a', old, { email: 'ada@school.example' }),
    await accept('b', old, { sourcedId: '7' }),
  ];
  await accept('b', old, undefined);
  const fresh = await accept('b', both, { name: 'Ada Lovelace' });

  const selectors = new SealedSelectors({ redis: fixture.redis, box: both });
  expect(await selectors.sealCounts()).toEqual({ current: 1, previous: 3, unknown: 0 });
  expect(await selectors.reseal()).toBe(3);
  expect(await selectors.sealCounts()).toEqual({ current: 4, previous: 0, unknown: 0 });
  expect(await selectors.reseal()).toBe(0);

  const after = new ScoreReader({ redis: fixture.redis, box: new SecretBox(newKey) });
  const users = await Promise.all([dead, ...waiting, fresh].map(async (id) => (await after.get(id))?.user));
  expect(users).toEqual([
    { email: 'dead@school.example' },
    { email: 'ada@school.example' },
    { sourcedId: '7' },
    { name: 'Ada Lovelace' },
  ]);
});
