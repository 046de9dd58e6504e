import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { ActivePlatforms } from '../redis/active-platforms.ts';
import { isRedisUnavailable } from '../redis/connection.ts';
import { platformKey } from '../redis/keys.ts';
import type { ScoreReader } from '../redis/score-reader.ts';
import type { LaneEvents } from './delivery.ts';
import type { Gate } from './gate.ts';
import { HoldKeeper, type HoldKeeperOptions } from './hold-keeper.ts';
import {
  type CellJob,
  type CellJobResult,
  isShut,
  type LaneJob,
  lanePrefix,
  laneQueueName,
} from './lane-queues.ts';
import { takeLease } from './lease.ts';
import { sweepLane } from './sweep.ts';

/** How often things are looked at, ms. The defaults are what production uses. */
export interface LaneTiming {
  /** @default 5_000 limits, pause and idleness of an open lane */
  lookMs: number;
  /** @default 15_000 between two sweeps of a platform, by all processes together */
  sweepMs: number;
  /** @default 10_000 without work before a lane's Worker is closed */
  idleMs: number;
  /** @default 6_000 after which a dead worker's job belongs to nobody; half of it is the renewal */
  lockMs: number;
  /** @default 2_000 between two looks for such jobs */
  stalledMs: number;
  /** @default 5_000 before a cell whose delivery threw is tried again */
  errorBackoffMs: number;
}

export const laneTiming: LaneTiming = {
  lookMs: 5_000,
  sweepMs: 15_000,
  idleMs: 10_000,
  lockMs: 6_000,
  stalledMs: 2_000,
  errorBackoffMs: 5_000,
};

export interface LaneOptions extends HoldKeeperOptions {
  /** A connection that waits for Redis; each open lane adds a blocking one. */
  redis: Redis;
  reader: Pick<ScoreReader, 'undelivered' | 'undeliveredCells' | 'trim'>;
  /** How long a settled score can be read by id, ms. */
  retentionMs: number;
  active: Pick<ActivePlatforms, 'retireIfIdle'>;
  /** How many cells of the platform may be worked on at once, by all processes together. */
  concurrencyOf: (platformId: string) => Promise<number>;
  events: LaneEvents;
  timing: LaneTiming;
  /** Lanes open by turns: many at once would leave no time to those that are open. */
  opening: Gate;
}

type LaneWorker = Worker<CellJob, CellJobResult | undefined, 'cell'>;

// BullMQ drops a job that stalled more often; the record's own count of crashes decides long before.
const maxStalledCount = 20;
// Bounds how long a worker that waits overlooks a job that became free without a marker.
const drainDelaySeconds = 2;
// The cells that opened a lane come before what else it needs, also those of the lanes that open beside it.
const firstLookMs = 1_000;

/** One platform's lane in this process: its Worker, its share of supervision and sweeping, and the end of both. */
export class Lane {
  readonly platformId: string;
  readonly #options: LaneOptions;
  readonly #holds: HoldKeeper;
  readonly #stopping = new AbortController();
  readonly #following = new Set<Promise<void>>();
  #working = 0;
  #lastWorkAt = 0;
  #trimRank = 0;
  #woken = false;
  #roused = false;
  #endRest: () => void = () => undefined;

  constructor(platformId: string, options: LaneOptions) {
    this.platformId = platformId;
    this.#options = options;
    this.#holds = new HoldKeeper(options);
  }

  /** True when a wake came that the lane may not have seen before it ended. */
  get woken(): boolean {
    return this.#woken;
  }

  wake(): void {
    this.#woken = true;
  }

  /** Begins nothing new; `run` ends when what is under way has settled. */
  stop(): void {
    this.#stopping.abort();
    this.#rouse();
  }

  /** Works until the platform has nothing undelivered, or until stopped. */
  async run(): Promise<void> {
    const { platformId } = this;
    const { events } = this.#options;
    this.#lastWorkAt = performance.now();
    const worker = await this.#options.opening.run(() => this.#openWorker());
    events.opened(platformId);
    try {
      await this.#rest(Math.min(firstLookMs, this.#options.timing.lookMs));
      while (!this.#stopping.signal.aborted) {
        let waitMs = this.#options.timing.lookMs;
        try {
          waitMs = Math.min(waitMs, (await this.#look(worker)) ?? waitMs);
          if (await this.#retires()) break;
        } catch (error) {
          events.failed({ platformId, error });
        }
        await this.#rest(waitMs);
      }
    } finally {
      await worker.close();
      await Promise.all(this.#following);
      events.closed(platformId);
    }
  }

  async #openWorker(): Promise<LaneWorker> {
    const { timing, events, queues, concurrencyOf } = this.#options;
    const { platformId } = this;
    const concurrency = await concurrencyOf(platformId);
    await this.#writeQueueMeta(concurrency);
    // A Worker begins as soon as it is there: a lane that is held must have its queue paused by then.
    if (isShut(await queues.align(platformId))) this.#rouse();
    const worker: LaneWorker = new Worker(
      laneQueueName(platformId),
      (job) => this.#process(job),
      {
        connection: queues.connection,
        prefix: lanePrefix(platformId),
        concurrency,
        lockDuration: timing.lockMs,
        stalledInterval: timing.stalledMs,
        maxStalledCount,
        drainDelay: drainDelaySeconds,
      },
      queues.backend,
    );
    // A backoff is a new job, added once the old one has let go of the cell: a newer score's job that came meanwhile has
    // the cell by then and wins. A crash before the add is what the sweeper heals.
    worker.on('completed', (_job, result) => {
      if (result) this.#follow(queues.enqueue(platformId, result.cell, backoff(result.retryAtMs)));
    });
    worker.on('failed', (job) => {
      if (job?.data.cell) this.#follow(queues.enqueue(platformId, job.data.cell, { replace: false }));
    });
    worker.on('stalled', () => events.stalled(platformId));
    // That Redis is away is one event of the process, not one of every lane and every try.
    worker.on('error', (error) => {
      if (!isRedisUnavailable(error)) events.failed({ platformId, error });
    });
    return worker;
  }

  async #process(job: LaneJob): Promise<CellJobResult | undefined> {
    const { platformId } = this;
    const { deliver, queues, events, timing } = this.#options;
    const { cell } = job.data;
    // A list can name a job whose data was deleted; the sweeper finds its cell.
    if (!cell) return undefined;
    this.#working += 1;
    try {
      const stopping = this.#stopping.signal;
      const { held, signal, again } = await deliver({ platformId, cell, probe: false, stopping });
      if (held) {
        await queues.align(platformId);
        return { cell, retryAtMs: Date.now() };
      }
      if (signal.kind === 'hold') {
        await this.#holds.apply(platformId, signal);
        this.#rouse();
      }
      return again && { cell: again.cell, retryAtMs: again.atMs };
    } catch (error) {
      events.failed({ platformId, error });
      return { cell, retryAtMs: Date.now() + timing.errorBackoffMs };
    } finally {
      this.#working -= 1;
      this.#lastWorkAt = performance.now();
    }
  }

  /** Looks after the lane; returns in how many ms a held lane wants the next look. */
  async #look(worker: LaneWorker): Promise<number | undefined> {
    const { platformId } = this;
    const { concurrencyOf, redis, reader, queues, events, timing, retentionMs } = this.#options;
    const concurrency = await concurrencyOf(platformId);
    worker.concurrency = concurrency;
    const waitMs = await this.#holds.look(platformId, this.#stopping.signal);
    if (await takeLease(redis, platformKey(platformId, 'sweep-lease'), timing.sweepMs)) {
      // Written again each time: it may have been deleted with the queue's other keys.
      await this.#writeQueueMeta(concurrency);
      const added = await sweepLane({ reader, queues }, platformId);
      if (added > 0) events.swept({ platformId, added });
      this.#trimRank = await reader.trim(platformId, this.#trimRank, retentionMs);
    }
    return waitMs;
  }

  /** The queue's own limit, which all workers together keep. */
  async #writeQueueMeta(concurrency: number): Promise<void> {
    const queue = this.#options.queues.queue(this.platformId);
    await queue.getBackend().setQueueMeta({ ...queue.metaValues, concurrency });
  }

  async #retires(): Promise<boolean> {
    const { reader, active, timing } = this.#options;
    if (this.#working > 0 || performance.now() - this.#lastWorkAt < timing.idleMs) return false;
    if ((await reader.undelivered(this.platformId)).count > 0) return false;
    this.#woken = false;
    return active.retireIfIdle(this.platformId);
  }

  /** Waits between two looks, unless something came up during the last one. */
  async #rest(ms: number): Promise<void> {
    if (!this.#roused) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#endRest = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#roused = false;
  }

  #rouse(): void {
    this.#roused = true;
    this.#endRest();
  }

  #follow(added: Promise<void>): void {
    const followed = added
      .catch((error) => this.#options.events.failed({ platformId: this.platformId, error }))
      .finally(() => this.#following.delete(followed));
    this.#following.add(followed);
  }
}

function backoff(retryAtMs: number): { delayMs: number; replace: false } {
  return { delayMs: retryAtMs - Date.now(), replace: false };
}
