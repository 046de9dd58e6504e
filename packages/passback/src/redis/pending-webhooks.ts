import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { globalKey } from './keys.ts';
import { Script } from './script.ts';
import { addScript, claimScript, dueScript, leaveScript, wakeScript } from './scripts/webhooks-pending.ts';

const add = new Script(addScript);
const due = new Script(dueScript);
const claimOne = new Script(claimScript);
const wake = new Script(wakeScript);
const leave = new Script(leaveScript);

const KEY = globalKey('webhooks-pending');
const MINUTE = 60_000;
const MOST_PER_CALL = 1_000;

/** Deliveries claimed together, and until when: an opaque text that is different each time. */
export interface ClaimedIds {
  ids: string[];
  claim: string;
  /** By Redis's clock. */
  nowMs: number;
}

/** What becomes of a delivery whose claim ends. */
export type Next = 'never' | `in ${number}` | `at ${number}`;

/**
 * The deliveries of all platforms that are to be worked through, by when. It lies in another slot than they do, so no script
 * covers both: an entry is made before the delivery, and goes only after it is settled. So each that wants work has one; one
 * too many is found to be of no use, and dropped.
 */
export class PendingWebhooks {
  readonly #redis: Redis;
  readonly #claimMs: number;
  readonly #clockShiftMs: () => number;

  constructor(options: { redis: Redis; claimMs?: number; clockShiftMs: () => number }) {
    this.#redis = options.redis;
    this.#claimMs = options.claimMs ?? MINUTE;
    this.#clockShiftMs = options.clockShiftMs;
  }

  /** Makes the id of a delivery, due at once, to be called before there is one. */
  async add(platformId: string): Promise<string> {
    return (await this.#run(add, [platformId, randomBytes(10).toString('hex')])) as string;
  }

  /** For a delivery that came to nothing. */
  async remove(id: string): Promise<void> {
    await this.#redis.zrem(KEY, id);
  }

  /** Claims what is due, the longest due first. */
  async due(limit: number): Promise<ClaimedIds> {
    return claimedOf(await this.#run(due, [this.#claimMs, Math.min(limit, MOST_PER_CALL)]));
  }

  /** Claims one, if it is due. */
  async claim(id: string): Promise<ClaimedIds> {
    return claimedOf(await this.#run(claimOne, [this.#claimMs, id]));
  }

  /** Makes them due at once, and ends claims on them. */
  async wake(ids: readonly string[]): Promise<void> {
    for (let i = 0; i < ids.length; i += MOST_PER_CALL)
      await this.#run(wake, ids.slice(i, i + MOST_PER_CALL));
  }

  /** Ends a claim, unless it has ended already. */
  async leave(claim: string, next: ReadonlyArray<readonly [id: string, next: Next]>): Promise<void> {
    if (next.length > 0) await this.#run(leave, [claim, ...next.flat()]);
  }

  /** Every one of them, in no order; one that comes or goes meanwhile may be among them. */
  async *all(): AsyncGenerator<string[], void> {
    let cursor = '0';
    do {
      const [next, flat] = await this.#redis.zscan(KEY, cursor, 'COUNT', MOST_PER_CALL);
      yield flat.filter((_, i) => i % 2 === 0);
      cursor = next;
    } while (cursor !== '0');
  }

  #run(script: Script, args: ReadonlyArray<string | number>): Promise<unknown> {
    return script.run(this.#redis, KEY, [this.#clockShiftMs(), ...args]);
  }
}

function claimedOf(row: unknown): ClaimedIds {
  const [now, claim, ...ids] = row as [string, string, ...string[]];
  return { nowMs: Number(now), claim, ids };
}
