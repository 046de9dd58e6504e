import type { SendRequest } from '@gradewire/ags';
import type { Redis } from 'ioredis';
import { aliasKeyOf, columnKeyOf } from '../cell.ts';
import { hasMoved, type LookUpTarget, placeOf } from '../launch-place.ts';
import type { Platform } from '../platform.ts';
import { checkTargetOrigins, type LaunchTarget, type Target } from '../target.ts';
import { ColumnStore } from './column-store.ts';
import { CreationIntents } from './creation-intents.ts';
import { LockLostError, takeFencedLock } from './fenced-lock.ts';
import { platformKey } from './keys.ts';
import { KnownColumns } from './known-columns.ts';
import { LaunchStore } from './launch-store.ts';
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
  /** How long after their last use columns and launches are known. @default 400 days */
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
  readonly #knownColumns: KnownColumns;
  readonly #launches: LaunchStore;
  readonly #search: LineItemSearch;
  readonly #requestTimeoutMs: number;
  readonly #marginMs: number;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #known = new Map<string, { list: string; column: string; url: string; untilMs: number }>();
  readonly #pending = new Map<string, Promise<Resolution>>();

  constructor(options: LineItemResolverOptions) {
    this.#redis = options.redis;
    this.#send = options.send;
    const retentionMs = options.retentionMs ?? 400 * DAY;
    this.#columns = new ColumnStore({ redis: options.redis, retentionMs });
    this.#knownColumns = new KnownColumns({ redis: options.redis, retentionMs });
    this.#launches = new LaunchStore({ redis: options.redis, cellRetentionMs: retentionMs });
    this.#requestTimeoutMs = options.requestTimeoutMs ?? 20 * SECOND;
    this.#marginMs = options.marginMs ?? 10 * SECOND;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
    this.#search = new LineItemSearch({
      columns: this.#columns,
      known: this.#knownColumns,
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

  /** Whether a launch that is registered by now has another place for a target than the line item that it was found to be. */
  async hasMoved(platform: Platform, target: Target, lineItemUrl: string): Promise<boolean> {
    if (!('launchId' in target)) return false;
    const launch = await this.#launches.get(platform.id, target.launchId);
    if (!launch || !hasMoved(launch, target, lineItemUrl, platform)) return false;
    return (
      launch.lineItemUrl === undefined || !(await this.#isAdopted(platform, launch.lineItemUrl, lineItemUrl))
    );
  }

  async #isAdopted(platform: Platform, insteadOf: string, lineItemUrl: string): Promise<boolean> {
    const [known] = await this.#knownColumns.many(platform.id, [insteadOf]);
    return known?.replacedBy !== undefined && columnKeyOf(known.replacedBy) === columnKeyOf(lineItemUrl);
  }

  async #resolveTarget(input: ResolveInput): Promise<Resolution> {
    const { target } = input;
    if ('lineItemUrl' in target) return known(target.lineItemUrl);
    if ('launchId' in target) return await this.#resolveLaunch(input, target);
    return await this.#lookUp(input, target, aliasKeyOf(target)!);
  }

  /** A launch is read anew each time: what it told last counts, not what it told when the score was sent. */
  async #resolveLaunch(input: ResolveInput, target: LaunchTarget): Promise<Resolution> {
    const { platform, gone } = input;
    const launch = await this.#launches.get(platform.id, target.launchId);
    const place = placeOf(launch, target, gone);
    if (place.kind === 'nowhere') return dead(place.reason, place.detail);
    const alias = aliasKeyOf(target)!;
    if (place.kind === 'lineItem') {
      if (!isOurs(place.lineItemUrl, platform)) return foreign();
      const { column, url } = await this.#columns.point(platform.id, alias, place.lineItemUrl);
      return { kind: 'resolved', lineItemUrl: url, column, created: false };
    }
    if (checkTargetOrigins(place.target, platform).length > 0) return foreign();
    const found = await this.#lookUp(input, place.target, alias);
    if (found.kind === 'resolved' && !place.target.exact) {
      await this.#launches.learn(platform.id, target.launchId, found.lineItemUrl, launch?.lineItemUrl);
    }
    return found;
  }

  async #lookUp(input: ResolveInput, target: LookUpTarget, alias: string): Promise<Resolution> {
    const { platform } = input;
    const name = `${platform.id} ${alias}`;
    const recalled = this.#recall(name, target.lineItemsUrl);
    if (recalled) return recalled;
    // No await between looking and setting: the callers of this process share one look-up.
    const pending = this.#pending.get(name);
    if (pending) return asFound(await pending);
    const mine = this.#resolveAlias(input, target, alias, name).finally(() => this.#pending.delete(name));
    this.#pending.set(name, mine);
    return await mine;
  }

  async #resolveAlias(
    input: ResolveInput,
    target: LookUpTarget,
    alias: string,
    name: string,
  ): Promise<Resolution> {
    const { platform } = input;
    const before = await this.#columns.find(platform.id, alias);
    if (before.bound) return this.#remember(name, target.lineItemsUrl, before.bound);
    const lockKey = platformKey(platform.id, 'line-item-lock', alias);
    const fences = platformKey(platform.id, 'line-item-fence');
    const lifeMs = this.#requestTimeoutMs + this.#marginMs;
    const lock = await takeFencedLock(this.#redis, lockKey, fences, lifeMs);
    if ('busyForMs' in lock) return this.#wait(Math.min(lock.busyForMs, 300));
    try {
      // Whoever had the lock until now may have found it.
      const { bound, usedBefore } = await this.#columns.find(platform.id, alias);
      if (bound) return this.#remember(name, target.lineItemsUrl, bound);
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
        const { column, lineItemUrl: url } = resolution;
        this.#remember(name, target.lineItemsUrl, { column, url });
      }
      return resolution;
    } catch (error) {
      if (error instanceof LockLostError) return this.#wait(300);
      throw error;
    } finally {
      await lock.release();
    }
  }

  /** Only from the same list: that of a launch can be another by now. */
  #recall(name: string, list: string): Resolution | undefined {
    const known = this.#known.get(name);
    if (!known) return undefined;
    this.#known.delete(name);
    if (this.#now() >= known.untilMs || known.list !== list) return undefined;
    // The most recently used one is the last.
    this.#known.set(name, known);
    return { kind: 'resolved', lineItemUrl: known.url, column: known.column, created: false };
  }

  #remember(name: string, list: string, { column, url }: { column: string; url: string }): Resolution {
    this.#known.delete(name);
    this.#known.set(name, { list, column, url, untilMs: this.#now() + KNOWN_LIFE_MS });
    const [oldest] = this.#known.keys();
    if (this.#known.size > KNOWN_SIZE && oldest !== undefined) this.#known.delete(oldest);
    return { kind: 'resolved', lineItemUrl: url, column, created: false };
  }

  /** Spread out, so that those who wait do not come back all at once. */
  #wait(ms: number): Resolution {
    return { kind: 'wait', retryAtMs: this.#now() + Math.ceil(Math.max(ms, 50) * (1 + this.#random())) };
  }
}

function known(lineItemUrl: string): Resolution {
  return { kind: 'resolved', lineItemUrl, column: columnKeyOf(lineItemUrl), created: false };
}

/** For those who did not make it: one creation is told once. */
function asFound(resolution: Resolution): Resolution {
  return resolution.kind === 'resolved' ? { ...resolution, created: false } : resolution;
}
