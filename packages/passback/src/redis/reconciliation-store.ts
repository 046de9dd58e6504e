import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { DRIFT_KINDS, type DriftKind } from '../reconcile.ts';
import { globalKey, platformKey } from './keys.ts';
import type { Page } from './record-types.ts';
import { endRun, takeRun } from './run-scripts.ts';
import { parseCursor } from './score-reader.ts';
import { Script } from './script.ts';
import { windowScript } from './scripts/read.ts';

const DAY = 24 * 60 * 60_000;
const RUN_LEASE_MS = 15_000;

/** A cell whose grade in the gradebook is not what was delivered. Points are on the column's scale, null: no grade. */
export interface Drift {
  userId: string;
  lineItemUrl: string;
  /** The score that was delivered last. */
  scoreId: string;
  kind: DriftKind;
  delivered: number | null;
  observed: number | null;
  maximum: number;
  /** What became of mending it, where that was asked for and is allowed. */
  repair?: 'sent' | 'notKept' | 'noGrade' | 'changed';
}

/** A column that could not be compared, or not whole. */
export interface UnreadColumn {
  lineItemUrl: string;
  reason: string;
  detail: string;
}

const COUNTS = ['checked', 'matching', 'underWay', 'unseen', 'settled', 'repaired', ...DRIFT_KINDS] as const;

/**
 * Cells compared, those that agree, those with a newer score on its way, those behind the end of a list that could not be
 * read whole, scores in doubt that turned out to be delivered, cells sent again, and cells of each kind of drift.
 */
export type ReconciliationCounts = Record<(typeof COUNTS)[number], number>;

/** A reconciliation as stored; `request` is what was asked for, as its owner understands it. */
export interface Reconciliation {
  id: string;
  platformId: string;
  status: 'running' | 'done' | 'failed' | 'cancelled';
  request: unknown;
  createdAtMs: number;
  endedAtMs?: number;
  /** Columns to compare, known once it runs, and how many are through. */
  columns?: number;
  columnsDone: number;
  /** Those of them that could not be compared. */
  columnsUnread: number;
  counts: ReconciliationCounts;
}

const pattern = /^rc_([a-z0-9][a-z0-9-]{0,62})_[\w-]{12}$/;
const runningKey = globalKey('reconciliations-running');

/**
 * Writes down what a column came to, once, and prolongs the lease. ARGV: runner, lease ms, retention ms, column or '', unread
 * column JSON or '', how many counts, their names and numbers, drifts. Returns 1 to go on, 0 to stop.
 */
const progressScript = new Script(`
local r = redis.call('HMGET', KEYS[1], 'status', 'runner')
if not r[1] or r[2] ~= ARGV[1] then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], 'runUntil', string.format('%.0f', now + ARGV[2]))
if ARGV[4] == '' or redis.call('SADD', KEYS[1] .. ':columns', ARGV[4]) == 1 then
  local counts = tonumber(ARGV[6])
  for i = 7, 6 + counts * 2, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
  for i = 7 + counts * 2, #ARGV do redis.call('RPUSH', KEYS[1] .. ':drifts', ARGV[i]) end
  if ARGV[5] ~= '' then redis.call('RPUSH', KEYS[1] .. ':unread', ARGV[5]) end
  for _, list in ipairs({':columns', ':drifts', ':unread'}) do redis.call('PEXPIRE', KEYS[1] .. list, ARGV[3]) end
end
return r[1] == 'running' and 1 or 0
`);

/**
 * Writes down what became of repairs, once however often it is told. ARGV: runner, index of the first, how many were sent,
 * drifts. Returns 1 to go on.
 */
const repairedScript = new Script(`
local r = redis.call('HMGET', KEYS[1], 'status', 'runner', 'repairsLooked')
if r[2] ~= ARGV[1] then return 0 end
if tonumber(r[3] or 0) == tonumber(ARGV[2]) then
  for i = 4, #ARGV do redis.call('LSET', KEYS[1] .. ':drifts', tonumber(ARGV[2]) + i - 4, ARGV[i]) end
  redis.call('HINCRBY', KEYS[1], 'repaired', ARGV[3])
  redis.call('HINCRBY', KEYS[1], 'repairsLooked', #ARGV - 3)
end
return r[1] == 'running' and 1 or 0
`);

const window = new Script(windowScript);

/** The platform that a reconciliation's id names, or undefined when it is none. */
export function platformOfReconciliation(id: string): string | undefined {
  return pattern.exec(id)?.[1];
}

/** The state of reconciliations: what was asked, what was found so far, who runs it. Running one is the owner's part. */
export class ReconciliationStore {
  readonly #redis: Redis;
  readonly #retentionMs: number;
  readonly #runLeaseMs: number;
  readonly #now: () => number;

  constructor(options: { redis: Redis; retentionMs?: number; runLeaseMs?: number; now?: () => number }) {
    this.#redis = options.redis;
    this.#retentionMs = options.retentionMs ?? 30 * DAY;
    this.#runLeaseMs = options.runLeaseMs ?? RUN_LEASE_MS;
    this.#now = options.now ?? Date.now;
  }

  async create(platformId: string, request: unknown): Promise<Reconciliation> {
    const id = `rc_${platformId}_${randomBytes(9).toString('base64url')}`;
    const createdAtMs = this.#now();
    const key = keyOf(id);
    const list = platformKey(platformId, 'reconciliations');
    await this.#redis.hset(key, {
      status: 'running',
      createdAt: createdAtMs,
      request: JSON.stringify(request),
    });
    await this.#redis.pexpire(key, this.#retentionMs);
    // Listed once it is sure to be run.
    await this.#redis.sadd(runningKey, id);
    await this.#redis.zremrangebyscore(list, '-inf', createdAtMs - this.#retentionMs);
    await this.#redis.zadd(list, createdAtMs, id);
    await this.#redis.pexpire(list, this.#retentionMs);
    return {
      id,
      platformId,
      status: 'running',
      request,
      createdAtMs,
      columnsDone: 0,
      columnsUnread: 0,
      counts: countsOf({}),
    };
  }

  async get(id: string): Promise<Reconciliation | undefined> {
    const platformId = platformOfReconciliation(id);
    if (platformId === undefined) return undefined;
    const stored = await this.#redis.hgetall(keyOf(id));
    if (stored.status === undefined) return undefined;
    const { status, createdAt, endedAt, columns, columnsDone, columnsUnread, request = 'null' } = stored;
    return {
      id,
      platformId,
      status: status as Reconciliation['status'],
      request: JSON.parse(request),
      createdAtMs: Number(createdAt),
      ...(endedAt !== undefined && { endedAtMs: Number(endedAt) }),
      ...(columns !== undefined && { columns: Number(columns) }),
      columnsDone: Number(columnsDone ?? 0),
      columnsUnread: Number(columnsUnread ?? 0),
      counts: countsOf(stored),
    };
  }

  /** Reconciliations of a platform, the newest first. */
  async list(platformId: string, page: { cursor?: string; limit: number }): Promise<Page<Reconciliation>> {
    const from = page.cursor === undefined ? undefined : parseCursor(page.cursor);
    const rows = (await window.run(this.#redis, platformKey(platformId, 'reconciliations'), [
      from?.id ?? '',
      from?.atMs ?? '',
      page.limit,
    ])) as string[];
    const ids = rows.filter((_, i) => i % 2 === 0);
    const found = await Promise.all(ids.map((id) => this.get(id)));
    const last = ids.length === page.limit && Buffer.from(`${rows.at(-1)} ${ids.at(-1)}`);
    return {
      data: found.filter((each) => each !== undefined),
      ...(last && { nextCursor: last.toString('base64url') }),
    };
  }

  /** What it found, in the order of finding, from an index on. */
  async drifts(id: string, from: number, count: number): Promise<Drift[]> {
    const rows = await this.#redis.lrange(`${keyOf(id)}:drifts`, from, from + count - 1);
    return rows.map((row) => JSON.parse(row) as Drift);
  }

  /** The columns that it could not compare, the first thousand. */
  async unread(id: string): Promise<UnreadColumn[]> {
    const rows = await this.#redis.lrange(`${keyOf(id)}:unread`, 0, 999);
    return rows.map((row) => JSON.parse(row) as UnreadColumn);
  }

  /** Those that nobody has ended; one whose runner died among them. */
  async unfinished(): Promise<string[]> {
    return await this.#redis.smembers(runningKey);
  }

  /** Makes `runner` the one who runs it, for the time of a lease that everything it writes prolongs. False when another does. */
  async take(id: string, runner: string): Promise<boolean> {
    const taken = (await takeRun.run(this.#redis, keyOf(id), [runner, this.#runLeaseMs])) === 1;
    // One whose record is gone, or that ended without leaving the set, is nobody's to run.
    if (!taken && (await this.get(id))?.status !== 'running') await this.#redis.srem(runningKey, id);
    return taken;
  }

  /** How many columns there are to compare, and which of them are through. */
  async begin(id: string, columns: number): Promise<Set<string>> {
    await this.#redis.hset(keyOf(id), 'columns', columns);
    return new Set(await this.#redis.smembers(`${keyOf(id)}:columns`));
  }

  /** Prolongs the lease. False: stop, it was cancelled or another runs it. */
  async beat(id: string, runner: string): Promise<boolean> {
    return await this.#progress(id, [runner, this.#runLeaseMs, this.#retentionMs, '', '', 0]);
  }

  /** Writes down what a column came to, once however often it is told. False: stop. */
  async columnDone(
    id: string,
    runner: string,
    found: {
      column: string;
      counts: Partial<ReconciliationCounts>;
      drifts: readonly Drift[];
      unread?: UnreadColumn;
    },
  ): Promise<boolean> {
    const unread = found.unread && { columnsUnread: 1 };
    const counts = Object.entries({ ...found.counts, columnsDone: 1, ...unread });
    return await this.#progress(id, [
      runner,
      this.#runLeaseMs,
      this.#retentionMs,
      found.column,
      found.unread ? JSON.stringify(found.unread) : '',
      counts.length,
      ...counts.flat(),
      ...found.drifts.map((drift) => JSON.stringify(drift)),
    ]);
  }

  /** How many drifts were looked at for repair. */
  async repairsLooked(id: string): Promise<number> {
    return Number((await this.#redis.hget(keyOf(id), 'repairsLooked')) ?? 0);
  }

  /** Writes down what became of the repairs from that index on. False: stop. */
  async repaired(id: string, runner: string, from: number, drifts: readonly Drift[]): Promise<boolean> {
    const sent = drifts.filter(({ repair }) => repair === 'sent').length;
    const args = [runner, from, sent, ...drifts.map((drift) => JSON.stringify(drift))];
    return (await repairedScript.run(this.#redis, keyOf(id), args)) === 1;
  }

  /** What was sent again by then stays so. */
  async cancel(id: string): Promise<'cancelled' | 'settled' | 'notFound'> {
    return (await this.#end(id, 'cancelled')) as 'cancelled';
  }

  /** Ends it, unless it was cancelled. */
  async finish(id: string, status: 'done' | 'failed'): Promise<void> {
    await this.#end(id, status);
  }

  async #progress(id: string, args: ReadonlyArray<string | number>): Promise<boolean> {
    return (await progressScript.run(this.#redis, keyOf(id), args)) === 1;
  }

  async #end(id: string, status: string): Promise<string> {
    const result = (await endRun.run(this.#redis, keyOf(id), [status, 'endedAt', this.#now()])) as string;
    await this.#redis.srem(runningKey, id);
    return result;
  }
}

/** In the slot of its platform. */
function keyOf(id: string): string {
  return platformKey(platformOfReconciliation(id) ?? '', 'reconciliation', id);
}

function countsOf(stored: Record<string, string>): ReconciliationCounts {
  return Object.fromEntries(COUNTS.map((name) => [name, Number(stored[name] ?? 0)])) as ReconciliationCounts;
}
