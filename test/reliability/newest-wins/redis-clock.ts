import { randomBytes } from 'node:crypto';
import { startTestRedis } from '@gradewire/local-redis/testing';
import { connectRedis, newScoreId, platformKey, ScoreRecord, SecretBox } from '@gradewire/passback/redis';
import type { Attack, AttackContext, Finding } from '../attack.ts';
import { seededRandom } from '../random.ts';

const platformId = 'springfield';
const minute = 60_000;
const hour = 60 * minute;

/** Redis's clock is the one that counts. A process cannot be given another, so the record is told to shift it. */
async function run({ long, seed }: AttackContext): Promise<Finding> {
  const random = seededRandom(seed);
  const [users, steps] = long ? [50, 5_000] : [10, 300];
  await using server = await testRedis();
  let shift = 0;
  const record = new ScoreRecord({
    redis: server.redis,
    box: new SecretBox(randomBytes(32)),
    retentionMs: 24 * hour,
    cellRetentionMs: 24 * hour,
    clockShiftMs: () => shift,
  });
  await server.redis.set(platformKey(platformId, 'platform'), '{}');
  const broken: string[] = [];
  const cells = new Map<string, { newest: number; shown: number; wireMs: number }>();
  const accept = async (user: number, points: number) => {
    const target = { lineItemUrl: 'https://lms.example/items/1' };
    const progress = { activityProgress: 'Completed', gradingProgress: 'FullyGraded' } as const;
    const score = { userId: `u${user}`, target, scoreGiven: points, scoreMaximum: steps, ...progress };
    const [accepted] = await record.accept(platformId, [{ id: newScoreId(platformId, Date.now()), score }]);
    if (!accepted?.ok) throw new Error('a good score was refused');
    const known = cells.get(accepted.cell) ?? { shown: -1, wireMs: 0 };
    cells.set(accepted.cell, { ...known, newest: points });
  };
  /** Returns for how long the cell has to wait, or undefined when it wants nothing. */
  const work = async (cell: string): Promise<number | undefined> => {
    const begun = await record.begin({ platformId, cell, wireStepMs: 1_000 });
    if (begun.kind === 'busy' || begun.kind === 'early') return begun.waitMs;
    if (begun.kind !== 'post') return undefined;
    // One in ten never comes back.
    if (random.next() < 0.1) return 0;
    const state = cells.get(cell)!;
    if (begun.wireTimestampMs < state.wireMs) broken.push(`a wire timestamp went back in ${cell}`);
    state.wireMs = begun.wireTimestampMs;
    state.shown = begun.score.scoreGiven ?? -1;
    const facts = { contentHash: String(state.shown), hasGrade: true };
    const { scoreId, fence } = begun;
    await record.settle({ platformId, cell, scoreId, fence, settlement: { kind: 'delivered', facts } });
    return 0;
  };
  for (let step = 0; step < steps; step += 1) {
    if (random.next() < 0.2) shift = random.between(-20, 20) * minute;
    await accept(random.between(1, users), step);
    await work(random.pick([...cells.keys()]));
  }
  let longestMs = 0;
  for (const cell of cells.keys()) {
    for (let waitMs = await work(cell); waitMs !== undefined; waitMs = await work(cell)) {
      longestMs = Math.max(longestMs, waitMs);
      shift += waitMs;
    }
  }
  const wrong = [...cells].filter(([, { newest, shown }]) => newest !== shown);
  return {
    figure: `${steps} scores while Redis’s clock stepped by up to 40 minutes (in the test’s process): ${wrong.length} wrong grades, longest wait ${Math.round(longestMs / minute)} min`,
    broken: [...broken, ...wrong.map(([cell, { newest, shown }]) => `${cell}: ${shown}, not ${newest}`)],
  };
}

async function testRedis() {
  const server = await startTestRedis();
  const redis = connectRedis(server.url, 'patient');
  return {
    redis,
    [Symbol.asyncDispose]: async () => {
      redis.disconnect();
      await server.stop();
    },
  };
}

export const redisClock: Attack = {
  name: 'newest-wins-redis-clock',
  promise: 'Order survives a Redis whose clock steps: what it goes back by is waited for, never skipped',
  how: 'the record’s clock steps between accept, begin and settle; one attempt in ten never comes back',
  run,
};
