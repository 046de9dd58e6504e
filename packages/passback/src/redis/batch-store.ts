import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { globalKey } from './keys.ts';
import { Script } from './script.ts';

const DAY = 24 * 60 * 60_000;
/** How long a caller waits to send a batch again whose process died. Short is safe: each of its scores has a key of its own. */
const CLAIM_LEASE_MS = 10_000;

/** ARGV: fingerprint, token, lease ms. */
const claimScript = new Script(`
local c = redis.call('HMGET', KEYS[1], 'fingerprint', 'answer')
if not c[1] then
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'token', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {'claimed'}
end
if c[1] ~= ARGV[1] then return {'mismatch'} end
if c[2] then return {'finished', c[2]} end
return {'inFlight', redis.call('PTTL', KEYS[1])}
`);

/** ARGV: token, answer, life ms. */
const finishScript = new Script(`
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'answer', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`);

const abandonScript = new Script(`
local c = redis.call('HMGET', KEYS[1], 'token', 'answer')
if c[1] == ARGV[1] and not c[2] then return redis.call('DEL', KEYS[1]) end
return 0
`);

/** `finished`: the first answer again. `inFlight`: a twin is at work, or died less than `retryInMs` before its claim ends. */
export type Claim =
  | { kind: 'claimed'; token: string }
  | { kind: 'finished'; answer: string }
  | { kind: 'inFlight'; retryInMs: number }
  | { kind: 'mismatch' };

/** Batches, and the idempotency keys of whole requests such as theirs. */
export class BatchStore {
  readonly #redis: Redis;
  readonly #retentionMs: number;
  readonly #answerLifeMs: number;
  readonly #claimLeaseMs: number;

  /** `retentionMs`: how long a batch can be read; `answerLifeMs`: how long an answer is repeated. */
  constructor(options: { redis: Redis; retentionMs?: number; answerLifeMs?: number; claimLeaseMs?: number }) {
    this.#redis = options.redis;
    this.#retentionMs = options.retentionMs ?? 30 * DAY;
    this.#answerLifeMs = options.answerLifeMs ?? DAY;
    this.#claimLeaseMs = options.claimLeaseMs ?? CLAIM_LEASE_MS;
  }

  async save(batchId: string, scoreIds: readonly string[]): Promise<void> {
    await this.#redis.set(globalKey('batch', batchId), JSON.stringify(scoreIds), 'PX', this.#retentionMs);
  }

  async forget(batchId: string): Promise<void> {
    await this.#redis.del(globalKey('batch', batchId));
  }

  /** The ids of a batch's accepted scores; undefined when it is unknown or its retention is over. */
  async get(batchId: string): Promise<string[] | undefined> {
    const json = await this.#redis.get(globalKey('batch', batchId));
    return json === null ? undefined : (JSON.parse(json) as string[]);
  }

  /**
   * Claims an idempotency key (scoped by the caller to API key and route) for a request with this fingerprint. Of twins
   * one gets `claimed`, which ends by `finish`, `abandon`, or after the lease should the process die.
   */
  async claim(key: string, fingerprint: string): Promise<Claim> {
    const token = randomUUID();
    const args = [fingerprint, token, this.#claimLeaseMs];
    const [kind, rest] = (await claimScript.run(this.#redis, claimKey(key), args)) as [
      Claim['kind'],
      unknown?,
    ];
    switch (kind) {
      case 'claimed':
        return { kind, token };
      case 'finished':
        return { kind, answer: rest as string };
      case 'inFlight':
        return { kind, retryInMs: rest as number };
      case 'mismatch':
        return { kind };
    }
  }

  /** Keeps the answer for twins to come. False when the claim was lost before. */
  async finish(key: string, token: string, answer: string): Promise<boolean> {
    return (await finishScript.run(this.#redis, claimKey(key), [token, answer, this.#answerLifeMs])) === 1;
  }

  /** Gives the claim back, so that the request can be tried again at once. */
  async abandon(key: string, token: string): Promise<void> {
    await abandonScript.run(this.#redis, claimKey(key), [token]);
  }
}

function claimKey(key: string): string {
  return globalKey('request', key);
}
