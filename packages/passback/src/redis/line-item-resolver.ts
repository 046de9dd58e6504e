import type { SendRequest } from '@gradewire/ags';
import type { Redis } from 'ioredis';
import { aliasKeyOf, columnKeyOf } from '../cell.ts';
import type { Platform } from '../platform.ts';
import { checkTargetOrigins, type LineItemsTarget, type Target } from '../target.ts';
import { ColumnStore } from './column-store.ts';
import { CreationIntents } from './creation-intents.ts';
import { LockLostError, takeFencedLock } from './fenced-lock.ts';
import { platformKey } from './keys.ts';
import { listName } from './line-item-lookup.ts';
import { LineItemSearch } from './line-item-search.ts';
import { dead, foreign, isOurs, type Resolution, type ResolveInput } from './resolution.ts';

export interface LineItemResolverOptions {
  redis: Redis;
  send: SendRequest;
  /** How long one request may take. @default 20_000 */
  requestTimeoutMs?: number;
  /** On top of it, how long a platform may go on with a request that timed out. @default 10_000 */
  marginMs?: number;
  /** How long after their last use columns are known. @default 400 days */
  retentionMs?: number;
  now?: () => number;
  random?: () => number;
}

const SECOND = 1_000;
const DAY = 24 * 60 * 60 * SECOND;
const KNOWN_SIZE = 10_000;
const KNOWN_LIFE_MS = 60 * SECOND;

/**
 * Finds the line item that a target means, and creates it where asked for: one line item per resource, whatever races and
 * whichever process dies. It looks up before it creates; one process at a time is at an alias; the intent to create is written
 * before the POST, and while its outcome is in doubt the list is read again until the platform can no longer be working on it.
 */
export class LineItemResolver {
  readonly #redis: Redis;
  readonly #send: SendRequest;
  readonly #columns: ColumnStore;
  readonly #search: LineItemSearch;
  readonly #requestTimeoutMs: number;
  readonly #marginMs: number;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #known = new Map<string, { column: string; url: string; untilMs: number }>();
  readonly #pending = new Map<string, Promise<Resolution>>();

  constructor(options: LineItemResolverOptions) {
    this.#redis = options.redis;
    this.#send = options.send;
    this.#columns = new ColumnStore({ redis: options.redis, retentionMs: options.retentionMs ?? 400 * DAY });
    this.#requestTimeoutMs = options.requestTimeoutMs ?? 20 * SECOND;
    this.#marginMs = options.marginMs ?? 10 * SECOND;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
    this.#search = new LineItemSearch({
      columns: this.#columns,
      requestTimeoutMs: this.#requestTimeoutMs,
      marginMs: this.#marginMs,
      now: this.#now,
      wait: (ms) => this.#wait(ms),
    });
  }

  /** Rejects only when Redis does, or what gives the token. */
  async resolve(input: ResolveInput): Promise<Resolution> {
    const { platform, target } = input;
    // Also here: the platform's origins may be others than when the score was accepted or the column found.
    if (checkTargetOrigins(target, platform).length > 0) return foreign();
    const resolution = await this.#resolveTarget(input);
    if (resolution.kind !== 'resolved' || isOurs(resolution.lineItemUrl, platform)) return resolution;
    return foreign();
  }

  /** After a 404: the next `resolve` looks again. With `column`, only if that is what the target stands for still. */
  async forget(platform: Platform, target: Target, column?: string): Promise<void> {
    const alias = aliasKeyOf(target);
    if (alias === undefined) return;
    this.#known.delete(`${platform.id} ${alias}`);
    await this.#columns.forget(platform.id, alias, column);
  }

  async #resolveTarget(input: ResolveInput): Promise<Resolution> {
    const { platform, target } = input;
    if ('lineItemUrl' in target) {
      const { lineItemUrl } = target;
      return { kind: 'resolved', lineItemUrl, column: columnKeyOf(lineItemUrl), created: false };
    }
    if ('launchId' in target) return dead('LINE_ITEM_NOT_FOUND', 'the launch is not known');
    const alias = aliasKeyOf(target)!;
    const name = `${platform.id} ${alias}`;
    const known = this.#recall(name);
    if (known) return known;
    // No await between looking and setting: the callers of this process share one look-up.
    const pending = this.#pending.get(name);
    if (pending) return asFound(await pending);
    const mine = this.#resolveAlias(input, target, alias, name).finally(() => this.#pending.delete(name));
    this.#pending.set(name, mine);
    return await mine;
  }

  async #resolveAlias(
    input: ResolveInput,
    target: LineItemsTarget,
    alias: string,
    name: string,
  ): Promise<Resolution> {
    const { platform } = input;
    const before = await this.#columns.find(platform.id, alias);
    if (before.bound) return this.#remember(name, before.bound);
    const lockKey = platformKey(platform.id, 'line-item-lock', alias);
    const fences = platformKey(platform.id, 'line-item-fence');
    const lifeMs = this.#requestTimeoutMs + this.#marginMs;
    const lock = await takeFencedLock(this.#redis, lockKey, fences, lifeMs);
    if ('busyForMs' in lock) return this.#wait(Math.min(lock.busyForMs, 300));
    try {
      // Whoever had the lock until now may have found it.
      const { bound, usedBefore } = await this.#columns.find(platform.id, alias);
      if (bound) return this.#remember(name, bound);
      const resolution = await this.#search.run({
        ...input,
        target,
        alias,
        lock: { ...lock, key: lockKey },
        intents: new CreationIntents({
          redis: this.#redis,
          platformId: platform.id,
          lineItemsUrl: listName(target.lineItemsUrl),
        }),
        // A process that was asleep must not send what another may be sending by now.
        send: async (request) => {
          const askedAt = performance.now();
          await lock.extend();
          if (performance.now() - askedAt > this.#marginMs) throw new LockLostError(lockKey);
          return await (input.send ?? this.#send)(request);
        },
        ...(usedBefore !== undefined && { usedBefore }),
      });
      if (resolution.kind === 'resolved') {
        this.#remember(name, { column: resolution.column, url: resolution.lineItemUrl });
      }
      return resolution;
    } catch (error) {
      if (error instanceof LockLostError) return this.#wait(300);
      throw error;
    } finally {
      await lock.release();
    }
  }

  #recall(name: string): Resolution | undefined {
    const known = this.#known.get(name);
    if (!known) return undefined;
    this.#known.delete(name);
    if (this.#now() >= known.untilMs) return undefined;
    // The most recently used one is the last.
    this.#known.set(name, known);
    return { kind: 'resolved', lineItemUrl: known.url, column: known.column, created: false };
  }

  #remember(name: string, { column, url }: { column: string; url: string }): Resolution {
    this.#known.delete(name);
    this.#known.set(name, { column, url, untilMs: this.#now() + KNOWN_LIFE_MS });
    const [oldest] = this.#known.keys();
    if (this.#known.size > KNOWN_SIZE && oldest !== undefined) this.#known.delete(oldest);
    return { kind: 'resolved', lineItemUrl: url, column, created: false };
  }

  /** Spread out, so that those who wait do not come back all at once. */
  #wait(ms: number): Resolution {
    return { kind: 'wait', retryAtMs: this.#now() + Math.ceil(Math.max(ms, 50) * (1 + this.#random())) };
  }
}

/** For those who did not make it: one creation is told once. */
function asFound(resolution: Resolution): Resolution {
  return resolution.kind === 'resolved' ? { ...resolution, created: false } : resolution;
}
