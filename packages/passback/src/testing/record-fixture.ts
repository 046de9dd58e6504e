import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { beforeEach } from 'vitest';
import { platformKey } from '../redis/keys.ts';
import { ScoreRecord } from '../redis/record.ts';
import type { AcceptResult, Begun, SettleInput, Settlement } from '../redis/record-types.ts';
import { newScoreId } from '../redis/score-id.ts';
import { ScoreReader } from '../redis/score-reader.ts';
import { SecretBox } from '../redis/secret-box.ts';
import type { Score } from '../score.ts';
import { useTestRedis } from './store-fixture.ts';

export const platformId = 'springfield';
export const lineItemUrl = 'https://lms.example/lineitems/1';
const wireStepMs = 1;
export const minute = 60_000;
export const day = 24 * 60 * minute;
export const facts = { contentHash: 'h', hasGrade: true };
const box = new SecretBox(randomBytes(32));

/** A record with one platform, empty before each test, and what the tests do with it. */
export interface RecordFixture {
  readonly redis: Redis;
  readonly record: ScoreRecord;
  readonly reader: ScoreReader;
  /** How far Redis's clock is ahead for the record, ms. */
  shift: number;
  accept(fields?: Partial<Score>, idempotency?: { key: string; fingerprint: string }): Promise<AcceptResult>;
  /** Accepts what must be. */
  accepted(fields?: Partial<Score>): Promise<AcceptResult & { ok: true }>;
  begin(cell: string, more?: object): Promise<Begun>;
  /** Begins what must come to a post. */
  post(cell: string, more?: object): Promise<Begun & { kind: 'post' }>;
  settle(
    lease: { cell: string; scoreId: string; fence: string },
    settlement: Settlement,
    more?: Partial<SettleInput>,
  ): ReturnType<ScoreRecord['settle']>;
  statusOf(id: string): Promise<string | undefined>;
}

/** Registers the hooks; the members are there inside of tests. */
export function useRecord(): RecordFixture {
  const fixture = useTestRedis();
  let record: ScoreRecord;
  let reader: ScoreReader;
  beforeEach(async () => {
    const { redis } = fixture;
    await redis.set(platformKey(platformId, 'platform'), '{}');
    store.shift = 0;
    const clockShiftMs = () => store.shift;
    const retention = { retentionMs: 30 * day, cellRetentionMs: 400 * day, leaseMs: 30_000 };
    record = new ScoreRecord({ redis, box, ...retention, clockShiftMs });
    reader = new ScoreReader({ redis, box, clockShiftMs });
  });
  const store: RecordFixture = {
    get redis() {
      return fixture.redis;
    },
    get record() {
      return record;
    },
    get reader() {
      return reader;
    },
    shift: 0,
    async accept(fields = {}, idempotency) {
      const id = newScoreId(platformId, Date.now());
      const [result] = await record.accept(platformId, [
        { id, score: score(fields), ...(idempotency ? { idempotency } : {}) },
      ]);
      return result!;
    },
    async accepted(fields) {
      const result = await store.accept(fields);
      if (!result.ok) throw new Error(result.code);
      return result;
    },
    begin: (cell, more = {}) => record.begin({ platformId, cell, wireStepMs, ...more }),
    post: async (cell, more) => begunPost(await store.begin(cell, more)),
    settle: ({ cell, scoreId, fence }, settlement, more = {}) =>
      record.settle({ platformId, cell, scoreId, fence, settlement, ...more }),
    statusOf: async (id) => (await reader.get(id))?.status,
  };
  return store;
}

export function score(fields: Partial<Score> = {}): Score {
  return {
    userId: 'u1',
    target: { lineItemUrl },
    scoreGiven: 5,
    scoreMaximum: 10,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    ...fields,
  };
}

/** An instant so far from now. */
export const at = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString();

function begunPost(begun: Begun): Begun & { kind: 'post' } {
  if (begun.kind !== 'post') throw new Error(`began ${begun.kind}`);
  return begun;
}
