import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { paceAfterRefusal } from '../pace.ts';
import { MAX_RETRY_AFTER_MS } from '../retry.ts';
import { globalKey } from './keys.ts';
import { Script } from './script.ts';
import {
  acquireScript,
  giveBackScript,
  learnScript,
  observeScript,
  paceScript,
  releaseScript,
  throttledScript,
} from './scripts/budget.ts';

/** Requests per second that no platform is configured for. */
const AS_GOOD_AS_NONE = 10_000;

const acquire = new Script(acquireScript);
const release = new Script(releaseScript);
const giveBack = new Script(giveBackScript);
const throttled = new Script(throttledScript);
const learn = new Script(learnScript);
const pace = new Script(paceScript);
const observe = new Script(observeScript);

export interface AcquireOptions {
  /** What shares the budget: a platform's `limitGroup`. */
  group: string;
  /** Requests in flight at once; absent: no limit. */
  concurrency?: number;
  /** Absent: no limit. */
  ratePerSecond?: number;
  /** After this a request that was never released counts no more: longer than one may take. */
  leaseMs: number;
}

export interface AcquireOptions {
  /** What shares the budget: a platform's `limitGroup`. */
  group: string;
  /** Requests in flight at once; absent: no limit. */
  concurrency?: number;
  /** Absent: no limit. */
  ratePerSecond?: number;
  /** The platform tells with its answers what is left ({@link RequestBudget.observe}): until the first one, one goes alone. */
  tellsRemaining?: boolean;
  /** After this a request that was never released counts no more: longer than one may take. */
  leaseMs: number;
}

export type Acquired =
  | {
      ok: true;
      /** What of a refusal of this request {@link RequestBudget.throttled} has to know. */
      epoch: number;
      release(how?: { unused: boolean }): Promise<void>;
    }
  | { ok: false; retryInMs: number };

/**
 * What all processes together may ask of the platforms of one limit group: how many requests at once, how many per second,
 * and nothing at all while the platform throttles. It counts requests, not jobs, since one job may make several. From
 * refusals it learns the rate that the platform bears, and forgets it ten minutes after the last.
 */
export class RequestBudget {
  readonly #redis: Redis;

  constructor(options: { redis: Redis }) {
    this.#redis = options.redis;
  }

  /**
   * Asks for one request. Granted: `release` when its answer is there, or `unused` when it was not sent after all. Else ask
   * again after `retryInMs`.
   */
  async acquire(options: AcquireOptions): Promise<Acquired> {
    const { group, concurrency = 0, ratePerSecond, tellsRemaining = false, leaseMs } = options;
    const [bucket, inFlight, member] = [bucketKey(group), inFlightKey(group), randomUUID()];
    const intervalUs = ratePerSecond === undefined ? 0 : Math.ceil(1_000_000 / ratePerSecond);
    const [retryInMs, epoch, takenUs] = (await acquire.run(this.#redis, bucket, [
      inFlight,
      member,
      concurrency,
      intervalUs,
      leaseMs,
      tellsRemaining ? '1' : '',
    ])) as [number, number, number];
    if (retryInMs > 0) return { ok: false, retryInMs };
    return {
      ok: true,
      epoch,
      release: async ({ unused } = { unused: false }) => {
        if (unused) await giveBack.run(this.#redis, bucket, [inFlight, member, takenUs, epoch]);
        else if (tellsRemaining) await release.run(this.#redis, bucket, [inFlight, member]);
        else await this.#redis.zrem(inFlight, member);
      },
    };
  }

  /**
   * Told that a request was refused for their number: grants nothing to the group for so long (at most an hour), unless a
   * longer pause is under way, and learns from it how fast to go on. Returns the new pace, per second, if it taught anything.
   * @param epoch of the refused request; 0 for one that did not go by the budget
   */
  async throttled(
    group: string,
    { forMs, epoch, concurrency }: { forMs: number; epoch: number; concurrency: number },
  ): Promise<number | undefined> {
    const pauseMs = Math.min(forMs, MAX_RETRY_AFTER_MS);
    const seen = await throttled.run(this.#redis, bucketKey(group), [inFlightKey(group), epoch, pauseMs]);
    if (seen === null) return undefined;
    const [epochNow = 0, served, betweenMs, ratePerSecond] = (seen as (number | string)[]).map(Number);
    const between =
      served === undefined || betweenMs === undefined || ratePerSecond === undefined
        ? undefined
        : { served, forMs: betweenMs, ratePerSecond };
    const learnt = paceAfterRefusal(concurrency, between);
    const { ratePerSecond: rate, growthPerSecond: growth } = learnt;
    await learn.run(this.#redis, bucketKey(group), [epochNow, rate, growth]);
    return rate;
  }

  /** The pace that was learnt from refusals, requests per second; undefined when there is none, or by now as good as none. */
  async pace(group: string): Promise<number | undefined> {
    const rate = Number(await pace.run(this.#redis, bucketKey(group), []));
    return rate > 0 && rate < AS_GOOD_AS_NONE ? rate : undefined;
  }

  /** Told what an answer said is left (Canvas: `X-Rate-Limit-Remaining`), the budget takes fewer at once when little is. */
  async observe(group: string, remaining: number): Promise<void> {
    await observe.run(this.#redis, bucketKey(group), [remaining]);
  }
}

function bucketKey(group: string): string {
  return globalKey('budget', `{${group}}`, 'bucket');
}

function inFlightKey(group: string): string {
  return globalKey('budget', `{${group}}`, 'in-flight');
}
