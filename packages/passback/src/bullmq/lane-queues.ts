import { type BackendFactory, type Job, type JobsOptions, Queue, type RedisQueueBackend } from 'bullmq';
import type { Redis } from 'ioredis';
import { platformKey } from '../redis/keys.ts';
import { LaneState, type LaneView } from '../redis/lane-state.ts';
import { laneBackendFactory } from './lane-backend.ts';

/** A lane's job is a pointer: "bring this cell up to date". It never carries the score. */
export interface CellJob {
  cell: string;
}

/** What the processor returns: this cell wants another look then. */
export interface CellJobResult {
  cell: string;
  retryAtMs: number;
}

export type LaneQueue = Queue<CellJob, CellJobResult | undefined, 'cell'>;
export type LaneJob = Job<CellJob, CellJobResult | undefined, 'cell'>;

export const laneQueueName = (platformId: string): string => `lane-${platformId}`;

/** Puts a lane's keys into its platform's Redis Cluster slot. */
export const lanePrefix = (platformId: string): string => platformKey(platformId);

const jobOptions: JobsOptions = {
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 0,
  attempts: 1,
};
const maxEvents = 100;
const maxOpenQueues = 1_000;

/** True when nothing but probes may be sent. */
export const isShut = (lane: LaneView): boolean => lane.paused || lane.holdReason !== undefined;

/**
 * The producers' side of the lanes: one BullMQ queue per platform over one shared connection. With a connection that
 * fails fast every method rejects while Redis is away; the score is in the record by then and the sweeper finds it.
 */
export class LaneQueues implements AsyncDisposable {
  /** What BullMQ talks through; Workers share it. */
  readonly backend: BackendFactory<RedisQueueBackend>;
  readonly #connection: Redis;
  readonly #state: LaneState;
  readonly #queues = new Map<string, LaneQueue>();

  constructor({ connection }: { connection: Redis }) {
    this.#connection = connection;
    this.backend = laneBackendFactory(connection);
    this.#state = new LaneState({ redis: connection });
  }

  /** The one that all lanes of the process share. */
  get connection(): Redis {
    return this.#connection;
  }

  /**
   * Asks for the cell to be brought up to date. With `replace` (a newer score, a replay) a backoff under way ends, and an
   * attempt under way is followed by another; without, a job that is there in any state is enough.
   */
  async enqueue(
    platformId: string,
    cell: string,
    { delayMs = 0, replace = true }: { delayMs?: number; replace?: boolean } = {},
  ): Promise<void> {
    await this.queue(platformId).add('cell', { cell }, cellJobOptions(cell, delayMs, replace));
  }

  /** `enqueue` for many cells of one platform, in one packet. */
  async enqueueMany(
    platformId: string,
    cells: readonly (string | { cell: string; delayMs: number })[],
    { replace = true }: { replace?: boolean } = {},
  ): Promise<void> {
    const jobs = cells.map((entry) => (typeof entry === 'string' ? { cell: entry, delayMs: 0 } : entry));
    await this.queue(platformId).addBulk(
      jobs.map(({ cell, delayMs }) => ({
        name: 'cell' as const,
        data: { cell },
        opts: cellJobOptions(cell, delayMs, replace),
      })),
    );
  }

  /** An operator's pause, kept until `resume` whatever the lane itself decides. */
  async pause(platformId: string): Promise<void> {
    await this.#state.pause(platformId);
    await this.align(platformId);
  }

  /** Ends the operator's pause. A lane that is held stays held. */
  async resume(platformId: string): Promise<void> {
    await this.#state.resume(platformId);
    await this.align(platformId);
  }

  /**
   * Pauses or resumes the queue as the lane's state says. Safe beside others doing the same: whoever writes last looks
   * again afterwards, so a pause and a resume that cross end as the state wants.
   */
  async align(platformId: string): Promise<LaneView> {
    const queue = this.queue(platformId);
    for (let lane = await this.#state.get(platformId); ; ) {
      await (isShut(lane) ? queue.pause() : queue.resume());
      const after = await this.#state.get(platformId);
      if (isShut(after) === isShut(lane)) return after;
      lane = after;
    }
  }

  /** The platform's queue. Opened on first use, the least recently used are closed beyond 1,000. */
  queue(platformId: string): LaneQueue {
    const known = this.#queues.get(platformId);
    if (known) {
      this.#queues.delete(platformId);
      this.#queues.set(platformId, known);
      return known;
    }
    const queue: LaneQueue = new Queue(
      laneQueueName(platformId),
      {
        connection: this.#connection,
        prefix: lanePrefix(platformId),
        defaultJobOptions: jobOptions,
        streams: { events: { maxLen: maxEvents } },
      },
      this.backend,
    );
    this.#queues.set(platformId, queue);
    if (this.#queues.size > maxOpenQueues) this.#closeOldest();
    return queue;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([...this.#queues.values()].map((queue) => queue.close()));
    this.#queues.clear();
  }

  #closeOldest(): void {
    const [oldest] = this.#queues;
    if (!oldest) return;
    this.#queues.delete(oldest[0]);
    oldest[1].close().catch(() => undefined);
  }
}

function cellJobOptions(cell: string, delayMs: number, replace: boolean): JobsOptions {
  return {
    ...(delayMs > 0 && { delay: Math.ceil(delayMs) }),
    deduplication: replace ? { id: cell, replace: true, keepLastIfActive: true } : { id: cell },
  };
}
