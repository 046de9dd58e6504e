import {
  type BackendFactory,
  type KeyPrefixOptions,
  type QueueBaseOptions,
  QueueKeys,
  RedisConnection,
  RedisQueueBackend,
} from 'bullmq';
import type { Redis } from 'ioredis';
import { isRedisUnavailable, waitingConnection } from '../redis/connection.ts';

/** What BullMQ itself rejects with when a wait is cut off, and knows as no error. */
const closed = 'Connection is closed.';
/** A connection that says nothing for this much longer than Redis was told to wait is dead, ms. */
const graceMs = 1_000;
/** How soon the queue is looked at, and waited at anew, after a connection that failed, ms. */
const failedPauseMs = 1_000;

/**
 * Makes what a lane's Queue and Worker talk through. BullMQ's own backend sets each one up anew, on connections of its own: it
 * reads INFO and hashes some sixty scripts, which would be most of what opening a lane costs. Here all of a process share
 * `connection` for commands, and a Worker waits on a bare one, which it opens when it first has nothing to do.
 */
export function laneBackendFactory(connection: Redis): BackendFactory<RedisQueueBackend> {
  const commands = new RedisConnection(connection, {
    shared: true,
    blocking: false,
    skipVersionCheck: true,
    skipWaitingForReady: true,
  });
  // A failed command rejects to its caller; without a listener the connection's events would be thrown.
  commands.on('error', () => undefined);
  return (name, options) => new LaneBackend(commands, connection, name, options);
}

class LaneBackend extends RedisQueueBackend {
  readonly #redis: Redis;
  #waiting: Redis | undefined;
  #cutOff: (error: Error) => void = () => undefined;

  constructor(
    commands: RedisConnection,
    redis: Redis,
    name: string,
    options: QueueBaseOptions & KeyPrefixOptions,
  ) {
    const keys = new QueueKeys(options.prefix);
    const toKey = (type: string) => keys.toKey(name, type);
    super(commands, name, keys.getKeys(name), toKey, options, undefined, false);
    this.#redis = redis;
  }

  /**
   * Waits up to `seconds` for a job, by the marker that Redis has for it. A connection that fails is thrown away and counts as
   * a wait in vain: the look at the queue that follows waits for Redis.
   */
  override async waitForJob(seconds: number): Promise<{ member: string; score: number } | null> {
    const over = Promise.withResolvers<null>();
    this.#cutOff = over.reject;
    let timer = setTimeout(
      () => {
        this.#drop();
        over.resolve(null);
      },
      seconds * 1_000 + graceMs,
    );
    try {
      this.#waiting ??= waitingConnection(this.#redis);
      const popped = await Promise.race([this.#waiting.bzpopmin(this.keys.marker!, seconds), over.promise]);
      return popped && { member: popped[1], score: Number.parseInt(popped[2], 10) };
    } catch (error) {
      this.#drop();
      if (!isRedisUnavailable(error)) throw error;
      clearTimeout(timer);
      timer = setTimeout(over.resolve, failedPauseMs, null);
      return await over.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  override async disconnectBlocking(): Promise<void> {
    this.#drop();
    this.#cutOff(new Error(closed));
  }

  override async reconnectBlocking(): Promise<void> {}

  override async close(): Promise<void> {
    this.closing ??= this.disconnectBlocking();
    await this.closing;
  }

  #drop(): void {
    this.#waiting?.disconnect();
    this.#waiting = undefined;
  }
}
