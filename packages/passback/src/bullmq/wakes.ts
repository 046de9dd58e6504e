import type { Redis } from 'ioredis';
import { globalKey } from '../redis/keys.ts';

const channel = globalKey('wakes');
/** A lane stays open for longer than this after work, so that one wake in this time is enough. */
const quietMs = 1_000;

/**
 * Tells the delivery processes that a platform has something to deliver. One pub/sub channel for all platforms; a message
 * that is lost is healed by the processes' periodic look at the active platforms.
 */
export class Wakes implements AsyncDisposable {
  readonly #redis: Redis;
  readonly #now: () => number;
  readonly #published = new Map<string, number>();
  #subscriber: Redis | undefined;

  /** `now` is monotonic ms. */
  constructor({ redis, now = () => performance.now() }: { redis: Redis; now?: () => number }) {
    this.#redis = redis;
    this.#now = now;
  }

  /** Wakes the platform's lane; again at most once a second. */
  async publish(platformId: string): Promise<void> {
    const now = this.#now();
    if (now - (this.#published.get(platformId) ?? Number.NEGATIVE_INFINITY) < quietMs) return;
    await this.#redis.publish(channel, platformId);
    this.#published.set(platformId, now);
  }

  /** Calls `handler` with the platform's id on every wake until disposed. Opens a connection of its own. */
  async subscribe(handler: (platformId: string) => void): Promise<void> {
    const subscriber = this.#redis.duplicate();
    subscriber.on('error', () => undefined);
    subscriber.on('message', (_channel, platformId) => handler(platformId));
    this.#subscriber = subscriber;
    await subscriber.subscribe(channel);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#subscriber?.disconnect();
  }
}
