import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { globalKey } from './keys.ts';
import { endRun, takeRun } from './run-scripts.ts';
import { Script } from './script.ts';

const DAY = 24 * 60 * 60_000;
const RUN_LEASE_MS = 15_000;

/** A replay as stored; `request` is what was asked for, as its owner understands it. */
export interface Replay {
  id: string;
  status: 'running' | 'done' | 'cancelled';
  matched: number;
  replayed: number;
  createdAtMs: number;
  request: unknown;
}

/** ARGV: ids list, runner, lease ms, retention ms, score ids. Returns 1 to go on, 0 to stop. */
const progressScript = new Script(`
local r = redis.call('HMGET', KEYS[1], 'status', 'runner')
if not r[1] or r[2] ~= ARGV[2] then return 0 end
for i = 5, #ARGV do redis.call('RPUSH', ARGV[1], ARGV[i]) end
redis.call('PEXPIRE', ARGV[1], ARGV[4])
redis.call('HINCRBY', KEYS[1], 'replayed', #ARGV - 4)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], 'runUntil', string.format('%.0f', now + ARGV[3]))
return r[1] == 'running' and 1 or 0
`);

/** The state of replays: what was asked, how far it is, and whether it is still wanted. Running one is the owner's part. */
export class ReplayStore {
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

  async create(input: { request: unknown; matched: number }): Promise<Replay> {
    const id = `rp_${randomBytes(9).toString('base64url')}`;
    const createdAtMs = this.#now();
    const { request, matched } = input;
    await this.#redis.hset(replayKey(id), {
      status: 'running',
      matched,
      replayed: 0,
      createdAt: createdAtMs,
      request: JSON.stringify(request),
    });
    await this.#redis.pexpire(replayKey(id), this.#retentionMs);
    await this.#redis.sadd(globalKey('replays-running'), id);
    return { id, status: 'running', matched, replayed: 0, createdAtMs, request };
  }

  async get(id: string): Promise<Replay | undefined> {
    const stored = await this.#redis.hgetall(replayKey(id));
    if (stored.status === undefined) return undefined;
    return {
      id,
      status: stored.status as Replay['status'],
      matched: Number(stored.matched),
      replayed: Number(stored.replayed),
      createdAtMs: Number(stored.createdAt),
      request: JSON.parse(stored.request ?? 'null'),
    };
  }

  /** The scores replayed so far, in order: what became of them is in their records. */
  async scoreIds(id: string): Promise<string[]> {
    return await this.#redis.lrange(idsKey(id), 0, -1);
  }

  /** Replays that nobody has ended; one whose runner died among them. */
  async unfinished(): Promise<string[]> {
    return await this.#redis.smembers(globalKey('replays-running'));
  }

  /** Makes `runner` the one who runs it, for the time of a lease that `progress` prolongs. False when another does. */
  async take(id: string, runner: string): Promise<boolean> {
    return (await takeRun.run(this.#redis, replayKey(id), [runner, this.#runLeaseMs])) === 1;
  }

  /** Counts scores as replayed and prolongs the lease. False: stop, it was cancelled or another runs it. */
  async progress(id: string, runner: string, scoreIds: readonly string[]): Promise<boolean> {
    const args = [idsKey(id), runner, this.#runLeaseMs, this.#retentionMs, ...scoreIds];
    return (await progressScript.run(this.#redis, replayKey(id), args)) === 1;
  }

  /** Sets the flag that `progress` reads. What was replayed by then stays so. */
  async cancel(id: string): Promise<'cancelled' | 'settled' | 'notFound'> {
    return (await this.#end(id, 'cancelled')) as 'cancelled' | 'settled' | 'notFound';
  }

  /** Marks it done, unless it was cancelled. */
  async finish(id: string): Promise<void> {
    await this.#end(id, 'done');
  }

  async #end(id: string, status: 'cancelled' | 'done'): Promise<string> {
    const result = (await endRun.run(this.#redis, replayKey(id), [status])) as string;
    await this.#redis.srem(globalKey('replays-running'), id);
    return result;
  }
}

/** Both keys of a replay in one slot. */
function replayKey(id: string): string {
  return globalKey('replay', `{${id}}`);
}

function idsKey(id: string): string {
  return globalKey('replay', `{${id}}`, 'scores');
}
