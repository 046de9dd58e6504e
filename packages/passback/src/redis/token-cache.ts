import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { AccessToken, PlatformAnswer, SendRequest } from '@gradewire/ags';
import type { Redis } from 'ioredis';
import { shortHash } from '../cell.ts';
import { classifyToken } from '../classify.ts';
import type { Platform } from '../platform.ts';
import { scopeSets } from '../token-scopes.ts';
import type { SecretBox } from './secret-box.ts';
import { SharedTokens, type StoredToken, type Take, type Token, type TokenTimes } from './shared-tokens.ts';

/** What came of one request to a token endpoint. */
export type FetchedToken = { ok: true; token: AccessToken } | { ok: false; answer: PlatformAnswer };

/**
 * A token, or why there is none: the endpoint's `answer`; or the budget of renewals is used up; or another process has been
 * fetching for too long. Without an answer there is `retryAtMs`.
 */
export type TokenResult =
  | { ok: true; token: Token }
  | { ok: false; answer?: PlatformAnswer; retryAtMs?: number; budgetExhausted?: boolean };

export interface TokenCacheOptions {
  redis: Redis;
  box: SecretBox;
  /** Asks the platform, once. What the platform does is a value; it throws only when nothing could be asked. */
  fetchToken: (
    platform: Platform,
    scopes: readonly string[],
    send: SendRequest | undefined,
  ) => Promise<FetchedToken>;
  /** How long one process may be at fetching before another takes over: longer than a request may take. @default 30_000 */
  lockMs?: number;
  /** How long others get to see a refusal instead of asking again. @default 1000 */
  failureLifeMs?: number;
  now?: () => number;
  random?: () => number;
  wait?: (ms: number) => Promise<unknown>;
}

const SECOND = 1_000;
const DAY = 24 * 60 * 60 * SECOND;
const ANSWER_CHARACTERS = 4_096;

/** One token as it is asked for: a registration and a set of scopes. */
interface Wish {
  platform: Platform;
  scopes: readonly string[];
  name: string;
  key: string;
  /** Less could be asked for, if the endpoint refuses these scopes. */
  narrows: boolean;
  send?: SendRequest | undefined;
}

type Wished = TokenResult | 'refused';

/**
 * Access tokens: one for all that a platform is asked, whichever scopes the caller needs, fetched once for all processes.
 * It is renewed early by one while the others go on with it, kept sealed, and held in memory in front. An endpoint that
 * refuses all for one scope is asked for less, and that is known for an hour. At most 5 fetches a minute per platform,
 * whatever it answers.
 */
export class TokenCache {
  readonly #shared: SharedTokens;
  readonly #fetchToken: TokenCacheOptions['fetchToken'];
  readonly #lockMs: number;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #wait: (ms: number) => Promise<unknown>;
  readonly #local = new Map<string, { token: Token; freshUntilMs: number }>();
  readonly #pending = new Map<string, Promise<Wished>>();
  readonly #refusedUntilMs = new Map<string, number>();
  readonly #dropped = new Map<string, string>();

  constructor(options: TokenCacheOptions) {
    const { redis, box, lockMs = 30 * SECOND, failureLifeMs = SECOND } = options;
    this.#shared = new SharedTokens({ redis, box, lockMs, failureLifeMs });
    this.#fetchToken = options.fetchToken;
    this.#lockMs = lockMs;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
    this.#wait = options.wait ?? delay;
  }

  /**
   * A token that a request can begin with, with the `needed` scopes or fewer: see what was granted. `send` is used if this
   * caller is the one to fetch it. Rejects only when Redis does or when nothing could be asked.
   */
  async get(platform: Platform, needed: readonly string[], send?: SendRequest): Promise<TokenResult> {
    for (const wish of wishesFor(platform, needed)) {
      const result = await this.#getAsWished({ ...wish, send });
      if (result !== 'refused') return result;
    }
    throw new Error('there is always a least to ask for');
  }

  /**
   * After a 401: forgets exactly this token, so that of all who met it one fetches a new one. False: as many were fetched
   * of late as may be, so it is kept, since none is no better; the platform refuses new ones as well.
   */
  async drop(platform: Platform, needed: readonly string[], tokenId: string): Promise<boolean> {
    const wishes = [...wishesFor(platform, needed)];
    const dropped = await Promise.all(
      wishes.map(({ name }) => this.#shared.drop(platform.id, name, tokenId)),
    );
    if (dropped.includes(false)) return false;
    this.#dropped.set(platform.id, tokenId);
    for (const { key } of wishes) {
      if (this.#local.get(key)?.token.id === tokenId) this.#local.delete(key);
    }
    return true;
  }

  async #getAsWished(wish: Wish): Promise<Wished> {
    const { platform, key } = wish;
    for (;;) {
      const local = this.#local.get(key);
      if (local && this.#now() < local.freshUntilMs) return { ok: true, token: local.token };
      if (this.#now() < (this.#refusedUntilMs.get(key) ?? 0)) return 'refused';
      // No await between looking and setting: all callers of this process share one look at Redis.
      let pending = this.#pending.get(key);
      if (!pending) {
        pending = this.#obtain(wish).finally(() => this.#pending.delete(key));
        this.#pending.set(key, pending);
      }
      const result = await pending;
      // One that was on its way while it was dropped is as bad as before.
      if (result === 'refused' || !result.ok || result.token.id !== this.#dropped.get(platform.id))
        return result;
    }
  }

  async #obtain(wish: Wish): Promise<Wished> {
    const { platform, name, key } = wish;
    const givesUpAt = this.#now() + 2 * this.#lockMs;
    for (let look = 0; ; look++) {
      const take = await this.#shared.take(platform.id, name, this.#dropped.get(platform.id));
      switch (take.kind) {
        case 'token':
          return this.#remember(wish, take.token, take.times);
        case 'failed':
          return { ok: false, answer: take.answer };
        case 'refused':
          this.#refusedUntilMs.set(key, this.#now() + take.forMs);
          return 'refused';
        case 'exhausted':
          return { ok: false, budgetExhausted: true, retryAtMs: this.#now() + take.retryInMs };
        case 'busy':
          if (this.#now() >= givesUpAt) return { ok: false, retryAtMs: this.#now() + SECOND };
          await this.#wait(Math.min(take.forMs, 25 * 2 ** Math.min(look, 3)) * (0.5 + this.#random()));
          break;
        case 'fetch':
        case 'renew': {
          const fetched = await this.#fetch(wish, take);
          if (fetched) return fetched;
        }
      }
    }
  }

  /** Undefined: another was faster, look again. */
  async #fetch(wish: Wish, take: Take & { kind: 'fetch' | 'renew' }): Promise<Wished | undefined> {
    const { platform, scopes, name, send } = wish;
    const beganAt = this.#now();
    let fetched: FetchedToken;
    try {
      fetched = await this.#fetchToken(platform, scopes, send);
    } catch (error) {
      await this.#shared.fail(platform.id, name, take.owner, {});
      throw error;
    }
    if (!fetched.ok) {
      const answer = shortened(fetched.answer);
      if (take.kind === 'fetch') {
        // The next look finds that the scopes are refused, and for how long.
        const refused = wish.narrows && refusesScopes(answer, platform);
        await this.#shared.fail(platform.id, name, take.owner, { answer, refused });
        return refused ? undefined : { ok: false, answer };
      }
      // The old one is good for a while, in which it is tried a few times more.
      const renewInMs = Math.max(SECOND, take.times.usableForMs / 4);
      await this.#shared.fail(platform.id, name, take.owner, { renewInMs });
      return this.#remember(wish, take.token, { ...take.times, renewInMs });
    }
    const { accessToken, scopes: granted, expiresInSeconds } = fetched.token;
    const lifeMs = Math.min(expiresInSeconds * SECOND, DAY);
    const token = { id: randomUUID(), accessToken, scopes: granted, lifeMs };
    const times = timesOf(lifeMs, this.#now() - beganAt);
    const isShared = await this.#shared.keep(platform.id, name, take.owner, token, times);
    return isShared ? this.#remember(wish, token, times) : undefined;
  }

  #remember({ platform, key }: Wish, { lifeMs, ...rest }: StoredToken, times: TokenTimes): TokenResult {
    const now = this.#now();
    const { usableForMs, renewInMs } = times;
    const token = { ...rest, expiresAtMs: now + usableForMs + reserveOf(lifeMs) };
    if (token.id !== this.#dropped.get(platform.id)) {
      // While another renews it, a look each second finds the new one.
      const freshForMs = Math.min(usableForMs, Math.max(renewInMs, SECOND));
      this.#local.set(key, { token, freshUntilMs: now + freshForMs });
    }
    return { ok: true, token };
  }
}

function* wishesFor(platform: Platform, needed: readonly string[]): Generator<Wish, void> {
  const sets = scopeSets(needed);
  for (const scopes of sets) {
    const name = nameOf(platform, scopes);
    yield { platform, scopes, name, key: `${platform.id} ${name}`, narrows: scopes !== sets.at(-1) };
  }
}

function refusesScopes(answer: PlatformAnswer, platform: Platform): boolean {
  const outcome = classifyToken(answer, platform.profile);
  return outcome.kind === 'holdCredentials' && outcome.reason === 'SCOPE_NOT_GRANTED';
}

/** What is kept back of a token's life: a request that begins with it has to arrive. */
function reserveOf(lifeMs: number): number {
  return Math.min(10 * SECOND, lifeMs / 10);
}

function timesOf(lifeMs: number, elapsedMs: number): TokenTimes {
  const usableForMs = Math.max(1, lifeMs - reserveOf(lifeMs) - elapsedMs);
  const renewInMs = lifeMs - Math.min(120 * SECOND, lifeMs / 5) - elapsedMs;
  return { usableForMs, renewInMs: Math.min(usableForMs, Math.max(1, renewInMs)) };
}

/** What a token depends on. A platform whose registration was changed has another. */
function nameOf(platform: Platform, scopes: readonly string[]): string {
  const { issuer, tokenUrl, clientId, audience, toolKeyId = '' } = platform;
  return shortHash(JSON.stringify([issuer, tokenUrl, clientId, audience, toolKeyId, scopes]));
}

function shortened(answer: PlatformAnswer): PlatformAnswer {
  if (answer.kind === 'noResponse' || answer.body.length <= ANSWER_CHARACTERS) return answer;
  return { ...answer, body: answer.body.slice(0, ANSWER_CHARACTERS), truncated: true };
}
