import type { Redis } from 'ioredis';
import { globalKey } from '../redis/keys.ts';

const channel = globalKey('wakes');

/**
 * Tells the delivery processes that a platform has something to deliver. One pub/sub channel for all platforms; a message
 * that is lost is healed by the processes' periodic look at the active platforms.
 */
export class Wakes implements AsyncDisposable {
  readonly #redis: Redis;
  #subscriber: Redis | undefined;

  constructor({ redis }: { redis: Redis }) {
    this.#redis = redis;
  }

  async publish(platformId: string): Promise<void> {
    await this.#redis.publish(channel, platformId);
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
