import { randomUUID } from 'node:crypto';
import type { PlatformAnswer } from '@gradewire/ags';
import type { Redis } from 'ioredis';
import { platformKey } from './keys.ts';
import { Script } from './script.ts';
import { SealBrokenError, type SecretBox } from './secret-box.ts';

/** An access token as it may be used. `id` names it without telling it. */
export interface Token {
  id: string;
  accessToken: string;
  /** What was granted, which may be less than what was asked for. */
  scopes: string[];
  expiresAtMs: number;
}

/** When a token is to be renewed and when no request may begin with it any more, from now. */
export interface TokenTimes {
  renewInMs: number;
  usableForMs: number;
}

/** `fetch` and `renew` make the caller the one who fetches; with `renew` the token it has is still good. */
export type Take =
  | { kind: 'token'; token: StoredToken; times: TokenTimes }
  | { kind: 'renew'; token: StoredToken; times: TokenTimes; owner: string }
  | { kind: 'fetch'; owner: string }
  | { kind: 'failed'; answer: PlatformAnswer }
  /** These scopes were refused of late, and narrower ones are to be asked for. */
  | { kind: 'refused'; forMs: number }
  | { kind: 'busy'; forMs: number }
  | { kind: 'exhausted'; retryInMs: number };

export type StoredToken = Omit<Token, 'expiresAtMs'> & { lifeMs: number };

const WINDOW_MS = 60_000;
const RENEWALS_PER_WINDOW = 5;
/** How long scopes that were refused are not asked for: they cost a request each time, and may be granted one day. */
const REFUSED_LIFE_MS = 60 * 60_000;

/** The other keys of a platform's token, in its slot. ARGV of every script begins with them. */
const names = `
local lockKey, failureKey, refusedKey, renewalsKey, owner = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function text(number) return string.format('%.0f', number) end
`;

/** Further ARGV: lock life ms, id of a token that is not wanted any more or ''. */
const takeScript = new Script(`${names}
if ARGV[7] ~= '' and redis.call('HGET', KEYS[1], 'id') == ARGV[7] then redis.call('DEL', KEYS[1]) end

-- One fetches at a time, and only so often, whatever comes back.
local function mayFetch()
  local busy = redis.call('PTTL', lockKey)
  if busy > 0 then return {'busy', busy} end
  redis.call('ZREMRANGEBYSCORE', renewalsKey, '-inf', text(now - ${WINDOW_MS}))
  if redis.call('ZCARD', renewalsKey) >= ${RENEWALS_PER_WINDOW} then
    local oldest = redis.call('ZRANGE', renewalsKey, 0, 0, 'WITHSCORES')
    return {'exhausted', math.max(1, oldest[2] + ${WINDOW_MS} - now)}
  end
  redis.call('SET', lockKey, owner, 'PX', ARGV[6])
  redis.call('ZADD', renewalsKey, text(now), owner)
  redis.call('PEXPIRE', renewalsKey, ${WINDOW_MS})
  return {'fetch'}
end

local token = redis.call('HMGET', KEYS[1], 'sealed', 'renewAt', 'id')
if token[1] then
  local usable, renewIn = redis.call('PTTL', KEYS[1]), tonumber(token[2]) - now
  local kind = renewIn <= 0 and mayFetch()[1] == 'fetch' and 'renew' or 'token'
  return {kind, token[1], renewIn, usable, token[3]}
end
local refused = redis.call('PTTL', refusedKey)
if refused > 0 then return {'refused', refused} end
local failure = redis.call('GET', failureKey)
if failure then return {'failed', failure} end
return mayFetch()
`);

/** Further ARGV: id, sealed token, renew in ms, usable for ms. Writes unless another, who took over, was first. */
const keepScript = new Script(`${names}
local mine = redis.call('GET', lockKey) == owner
if mine then redis.call('DEL', lockKey) end
if not mine and redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('DEL', failureKey)
redis.call('HSET', KEYS[1], 'id', ARGV[6], 'sealed', ARGV[7], 'renewAt', text(now + ARGV[8]))
redis.call('PEXPIRE', KEYS[1], ARGV[9])
return 1
`);

/**
 * Further ARGV: sealed answer or '', its life ms, how long a renewal of the token there is may wait, for how long the
 * scopes are not to be asked for or 0.
 */
const failScript = new Script(`${names}
if redis.call('GET', lockKey) ~= owner then return 0 end
redis.call('DEL', lockKey)
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HSET', KEYS[1], 'renewAt', text(now + ARGV[8]))
elseif ARGV[9] ~= '0' then
  redis.call('SET', refusedKey, '1', 'PX', ARGV[9])
elseif ARGV[6] ~= '' then
  redis.call('SET', failureKey, ARGV[6], 'PX', ARGV[7])
end
return 1
`);

/** Further ARGV: id. 0: it stays, since no fetch is left to replace it. */
const dropScript = new Script(`${names}
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[6] then return 1 end
redis.call('ZREMRANGEBYSCORE', renewalsKey, '-inf', text(now - ${WINDOW_MS}))
if redis.call('ZCARD', renewalsKey) >= ${RENEWALS_PER_WINDOW} then return 0 end
return redis.call('DEL', KEYS[1])
`);

/**
 * What processes share of access tokens: the token itself, sealed; the lock of the one who fetches it; how often that was
 * of late; and for a moment the refusal, so that those who waited need not be refused one by one.
 */
export class SharedTokens {
  readonly #redis: Redis;
  readonly #box: SecretBox;
  readonly #lockMs: number;
  readonly #failureLifeMs: number;

  constructor(options: { redis: Redis; box: SecretBox; lockMs: number; failureLifeMs: number }) {
    this.#redis = options.redis;
    this.#box = options.box;
    this.#lockMs = options.lockMs;
    this.#failureLifeMs = options.failureLifeMs;
  }

  /** The token, or the right to fetch it. `unwanted` is the id of one that the caller has dropped. */
  async take(platformId: string, name: string, unwanted = ''): Promise<Take> {
    const owner = randomUUID();
    const [kind, ...rest] = (await this.#run(takeScript, platformId, name, owner, [
      this.#lockMs,
      unwanted,
    ])) as [Take['kind'], ...Array<string | number>];
    const context = sealContext(platformId, name);
    switch (kind) {
      case 'token':
      case 'renew': {
        const [sealed, renewInMs, usableForMs, id] = rest as [string, number, number, string];
        const token = this.#read<StoredToken>(sealed, context);
        if (token) return { kind, token, times: { renewInMs, usableForMs }, owner };
        // As good as none: it goes, and one is fetched anew.
        return kind === 'renew' ? { kind: 'fetch', owner } : this.take(platformId, name, id);
      }
      case 'fetch':
        return { kind, owner };
      case 'failed': {
        const answer = this.#read<PlatformAnswer>(String(rest[0]), context);
        return answer ? { kind, answer } : { kind: 'busy', forMs: this.#failureLifeMs };
      }
      case 'refused':
      case 'busy':
        return { kind, forMs: Number(rest[0]) };
      case 'exhausted':
        return { kind, retryInMs: Number(rest[0]) };
    }
  }

  /** Shares a fetched token and lets the lock go. False: it had been lost, and another token is there. */
  async keep(
    platformId: string,
    name: string,
    owner: string,
    token: StoredToken,
    times: TokenTimes,
  ): Promise<boolean> {
    const sealed = this.#box.seal(JSON.stringify(token), sealContext(platformId, name));
    const args = [token.id, sealed, Math.ceil(times.renewInMs), Math.ceil(times.usableForMs)];
    return (await this.#run(keepScript, platformId, name, owner, args)) === 1;
  }

  /**
   * Lets the lock go without a new token. Those who wait get the answer, or with `refused` are told to ask for less; where
   * there is an old token still, its renewal is put off.
   */
  async fail(
    platformId: string,
    name: string,
    owner: string,
    outcome: { answer?: PlatformAnswer; renewInMs?: number; refused?: boolean },
  ): Promise<void> {
    const { answer, renewInMs = 0, refused = false } = outcome;
    const sealed = answer ? this.#box.seal(JSON.stringify(answer), sealContext(platformId, name)) : '';
    const args = [sealed, this.#failureLifeMs, Math.ceil(renewInMs), refused ? REFUSED_LIFE_MS : 0];
    await this.#run(failScript, platformId, name, owner, args);
  }

  /** Removes exactly this token. False: no fetch is left to replace it, and it stays. */
  async drop(platformId: string, name: string, tokenId: string): Promise<boolean> {
    return (await this.#run(dropScript, platformId, name, '', [tokenId])) === 1;
  }

  /** Undefined: another process sealed it with an encryption key that this one does not have, as while keys are changed. */
  #read<T>(sealed: string, context: string): T | undefined {
    try {
      return JSON.parse(this.#box.open(sealed, context)) as T;
    } catch (error) {
      if (error instanceof SealBrokenError) return undefined;
      throw error;
    }
  }

  async #run(
    script: Script,
    platformId: string,
    name: string,
    owner: string,
    args: ReadonlyArray<string | number>,
  ): Promise<unknown> {
    return await script.run(this.#redis, platformKey(platformId, 'token', name), [
      platformKey(platformId, 'token-lock', name),
      platformKey(platformId, 'token-failure', name),
      platformKey(platformId, 'token-refused', name),
      // One budget for all scope sets of the platform.
      platformKey(platformId, 'token-renewals'),
      owner,
      ...args,
    ]);
  }
}

function sealContext(platformId: string, name: string): string {
  return `token ${platformId} ${name}`;
}
