import type { Redis } from 'ioredis';
import { nextProbe } from '../lane.ts';
import { platformKey } from '../redis/keys.ts';
import { LaneState, type LaneView } from '../redis/lane-state.ts';
import type { ScoreReader } from '../redis/score-reader.ts';
import { holdIntervalMs } from '../retry.ts';
import type { BuryCell, DeliverCell, LaneEvents, LaneSignal } from './delivery.ts';
import type { LaneQueues } from './lane-queues.ts';
import { takeLease } from './lease.ts';

export interface HoldKeeperOptions {
  redis: Redis;
  reader: Pick<ScoreReader, 'undeliveredCells'>;
  queues: LaneQueues;
  deliver: DeliverCell;
  events: Pick<LaneEvents, 'held' | 'resumed'>;
  /** First and longest time between probes, ms. */
  hold: { baseMs: number; maxMs: number };
  /** Longer than one delivery can take, ms: for so long nobody else probes. */
  probeLifeMs: number;
  /** Scores die of a refusal once they have waited so long, ms, in a lane that is held for it. */
  graceMs: number;
  bury: BuryCell;
}

type HoldSignal = LaneSignal & { kind: 'hold' };

const candidates = 100;
const buriedPerProbe = 1_000;

/**
 * Shuts a lane and opens it again. A held lane's queue is paused, and of all processes one sends one probe per interval,
 * each time with another cell: one per 500 ms is what a sick platform can bear, and one cell's own trouble decides nothing.
 */
export class HoldKeeper {
  readonly #options: HoldKeeperOptions;
  readonly #state: LaneState;

  constructor(options: HoldKeeperOptions) {
    this.#options = options;
    this.#state = new LaneState({ redis: options.redis });
  }

  /** Applies what an ordinary attempt said: a failure that began before the present hold, or before its end, holds nothing. */
  async apply(platformId: string, signal: HoldSignal): Promise<void> {
    await this.#hold(platformId, signal, { level: 0, prolonged: false });
  }

  /**
   * Brings the queue in line with the lane's state and, when a probe is due, sends it.
   * Returns in how many ms to look again, or undefined when the lane is not held.
   */
  async look(platformId: string, stopping: AbortSignal): Promise<number | undefined> {
    const lane = await this.#options.queues.align(platformId);
    if (lane.paused || !lane.holdReason) return undefined;
    const waitMs = (lane.holdUntilMs ?? 0) - lane.nowMs;
    if (waitMs > 0) return waitMs;
    const { redis, hold, probeLifeMs } = this.#options;
    const release = await takeLease(redis, platformKey(platformId, 'probe-lease'), probeLifeMs);
    if (!release) return hold.baseMs;
    try {
      const now = await this.#state.get(platformId);
      // Another process may have probed between the look and the lease.
      if (now.epoch === lane.epoch && !now.paused) await this.#probe(platformId, now, stopping);
    } finally {
      await release();
    }
    return Math.min(hold.baseMs, 1_000);
  }

  async #probe(platformId: string, lane: LaneView, stopping: AbortSignal): Promise<void> {
    const { reader, deliver, queues } = this.#options;
    const { cells } = await reader.undeliveredCells(platformId, 0, candidates);
    const cell = nextProbe(
      cells.map((entry) => entry.cell),
      lane.lastProbe,
    );
    // Nobody is left to wait for the platform; the next score finds out for itself how it is.
    if (cell === undefined) return this.#release(platformId, lane);
    const { signal, again } = await deliver({ platformId, cell, probe: true, stopping });
    if (again) {
      await queues.enqueue(platformId, again.cell, { delayMs: again.atMs - Date.now(), replace: false });
    }
    if (signal.kind === 'healthy') return this.#release(platformId, lane);
    if (signal.kind === 'hold') {
      const prolonged = signal.reason === lane.holdReason;
      await this.#hold(platformId, signal, { level: lane.holdLevel + 1, prolonged, probe: cell });
      return this.#buryOverdue(platformId, lane, signal);
    }
    await this.#state.noteProbe(platformId, cell);
  }

  async #hold(
    platformId: string,
    signal: HoldSignal,
    { level, prolonged, probe }: { level: number; prolonged: boolean; probe?: string },
  ): Promise<void> {
    const { reason, epoch, retryAfterMs } = signal;
    const forMs = holdIntervalMs(level, this.#options.hold, retryAfterMs);
    const taken = await this.#state.hold(platformId, {
      reason,
      forMs,
      level,
      epochSeen: epoch,
      ...(probe && { probe }),
    });
    if (!taken) return;
    this.#options.events.held({ platformId, reason, forMs, level, prolonged });
    await this.#options.queues.align(platformId);
  }

  /** A refusal that outlasts the grace kills those that waited it out; one per probe would take days for a school. */
  async #buryOverdue(platformId: string, lane: LaneView, { reason, refusal }: HoldSignal): Promise<void> {
    const { reader, bury, graceMs } = this.#options;
    const since = lane.holdReason === reason ? lane.reasonSinceMs : undefined;
    if (!refusal || since === undefined || lane.nowMs - since < graceMs) return;
    const { cells, nowMs } = await reader.undeliveredCells(platformId, 0, buriedPerProbe);
    for (const { cell, sinceMs } of cells) {
      if (nowMs - sinceMs < graceMs) break;
      await bury({ platformId, cell, ...refusal });
    }
  }

  async #release(platformId: string, lane: LaneView): Promise<void> {
    if (!(await this.#state.release(platformId, lane.epoch))) return;
    this.#options.events.resumed({ platformId, reason: lane.holdReason ?? '' });
    await this.#options.queues.align(platformId);
  }
}
