import {
  type BackendFactory,
  type Job,
  type JobsOptions,
  Queue,
  type RedisQueueBackend,
  Worker,
} from 'bullmq';
import type { Redis } from 'ioredis';
import { callbackKey } from '../redis/callback-keys.ts';
import { isRedisUnavailable } from '../redis/connection.ts';
import { laneBackendFactory } from './lane-backend.ts';
import { isLost } from './sweep.ts';

/** A job is a pointer: "send what this callback is due". */
interface CallbackJob {
  callbackId: string;
}

/** In how many ms the callback wants to be looked after again. */
interface CallbackJobResult {
  waitMs: number;
}

/**
 * Sends what a callback is due. Returns in how many ms it wants to be looked after again, undefined: not before news. Once
 * `stopping` is aborted it begins nothing new.
 */
export type DrainCallback = (callbackId: string, stopping: AbortSignal) => Promise<number | undefined>;

export interface CallbackWorkerOptions {
  drain: DrainCallback;
  onError: (error: unknown, callbackId?: string) => void;
  /** Callbacks that are looked after at once. @default 200, more than are likely to hang together */
  atOnce?: number;
  timing?: Partial<CallbackTiming>;
}

/** All in ms. The defaults are what production uses. */
export interface CallbackTiming {
  /** @default 6_000 after which a dead worker's job belongs to nobody; half of it is the renewal */
  lockMs: number;
  /** @default 2_000 between two looks for such jobs */
  stalledMs: number;
  /** @default 5_000 before a callback whose drain threw is looked after again */
  errorBackoffMs: number;
  /** @default 10_000 after which a callback that has more to be sent makes room, if others wait */
  turnMs: number;
}

type CallbackBullQueue = Queue<CallbackJob, CallbackJobResult | undefined, 'callback'>;

const queueName = 'callbacks';
/** Puts the queue's keys into the slot of the callbacks. */
const queuePrefix = callbackKey();
const jobOptions: JobsOptions = {
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 0,
  attempts: 1,
};
const maxEvents = 100;
const timingDefaults: CallbackTiming = {
  lockMs: 6_000,
  stalledMs: 2_000,
  errorBackoffMs: 5_000,
  turnMs: 10_000,
};
const callbacksAtOnce = 200;
// BullMQ drops a job that stalled more often; the sweep would give the callback another.
const maxStalledCount = 20;
const drainDelaySeconds = 2;

/**
 * The queue of callbacks that want to be looked after, one for all. Ingest and delivery add to it, delivery works on it. It is
 * not the record: whatever it loses, the sweep adds again.
 */
export class CallbackQueue implements AsyncDisposable {
  readonly #connection: Redis;
  readonly #backend: BackendFactory<RedisQueueBackend>;
  #queue: CallbackBullQueue | undefined;

  constructor({ connection }: { connection: Redis }) {
    this.#connection = connection;
    this.#backend = laneBackendFactory(connection);
  }

  /** Has the callback looked after at once: call it after `put` and `resend` of the CallbackStore. */
  async enqueue(callbackId: string): Promise<void> {
    await this.#add(callbackId, 0, true);
  }

  /** Gives callbacks a job that have something due and nobody to look after it. Returns how many were without one. */
  async sweep(callbackIds: readonly string[]): Promise<number> {
    let added = 0;
    for (const callbackId of callbackIds) {
      const jobId = await this.#open().getDeduplicationJobId(callbackId);
      if (!jobId || (await isLost(this.#open(), jobId))) added += 1;
      // One that waits for a later time is brought forward.
      await this.enqueue(callbackId);
    }
    return added;
  }

  /** Works on the queue until the worker is disposed of, which waits for what is under way. */
  work({ drain, onError, atOnce = callbacksAtOnce, timing }: CallbackWorkerOptions): AsyncDisposable {
    const { lockMs, stalledMs, errorBackoffMs, turnMs } = { ...timingDefaults, ...timing };
    const stopping = new AbortController();
    const following = new Set<Promise<void>>();
    const worker = new Worker<CallbackJob, CallbackJobResult | undefined, 'callback'>(
      queueName,
      async (job) =>
        this.#process(job, drain, { stopping: stopping.signal, onError, errorBackoffMs, turnMs }),
      {
        connection: this.#connection,
        prefix: queuePrefix,
        concurrency: atOnce,
        lockDuration: lockMs,
        stalledInterval: stalledMs,
        maxStalledCount,
        drainDelay: drainDelaySeconds,
      },
      this.#backend,
    );
    const follow = (callbackId: string, waitMs: number) => {
      const followed = this.#add(callbackId, waitMs, false)
        .catch((error) => onError(error, callbackId))
        .finally(() => following.delete(followed));
      following.add(followed);
    };
    // The next look is a new job, added once this one has let go: one that came meanwhile is sooner, and wins.
    worker.on('completed', (job, result) => {
      if (result) follow(job.data.callbackId, result.waitMs);
    });
    worker.on('error', (error) => {
      if (!isRedisUnavailable(error)) onError(error);
    });
    return {
      [Symbol.asyncDispose]: async () => {
        stopping.abort();
        await worker.close();
        await Promise.all(following);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue?.close();
  }

  async #process(
    { data: { callbackId } }: Job<CallbackJob>,
    drain: DrainCallback,
    options: {
      stopping: AbortSignal;
      onError: CallbackWorkerOptions['onError'];
      errorBackoffMs: number;
      turnMs: number;
    },
  ): Promise<CallbackJobResult | undefined> {
    // A list can name a job whose data was deleted; the sweep finds its callback.
    if (!callbackId) return undefined;
    const { stopping, onError, errorBackoffMs, turnMs } = options;
    const turn = new AbortController();
    const endTurn = async () => {
      if ((await this.#open().getWaitingCount()) > 0) turn.abort();
    };
    const timer = setInterval(() => void endTurn().catch(() => undefined), turnMs);
    try {
      const waitMs = await drain(callbackId, AbortSignal.any([stopping, turn.signal]));
      return waitMs === undefined ? undefined : { waitMs };
    } catch (error) {
      onError(error, callbackId);
      return { waitMs: errorBackoffMs };
    } finally {
      clearInterval(timer);
    }
  }

  async #add(callbackId: string, delayMs: number, replace: boolean): Promise<void> {
    await this.#open().add(
      'callback',
      { callbackId },
      {
        ...(delayMs > 0 && { delay: Math.ceil(delayMs) }),
        deduplication: replace
          ? { id: callbackId, replace: true, keepLastIfActive: true }
          : { id: callbackId },
      },
    );
  }

  #open(): CallbackBullQueue {
    this.#queue ??= new Queue(
      queueName,
      {
        connection: this.#connection,
        prefix: queuePrefix,
        defaultJobOptions: jobOptions,
        streams: { events: { maxLen: maxEvents } },
      },
      this.#backend,
    );
    return this.#queue;
  }
}
