import { setTimeout as sleep } from 'node:timers/promises';
import { type CallbackQueue, type DrainCallback, takeLease } from '@gradewire/passback/bullmq';
import {
  type ActivePlatforms,
  alignEventsWanted,
  type CallbackUnits,
  type connectRedis,
  isAligned,
  type Outbox,
  platformKey,
} from '@gradewire/passback/redis';
import type { CallbackEvents } from './callback-events.ts';

/** How often things are looked at, ms. The defaults are what production uses. */
export interface DispatcherTiming {
  /** @default 10_000 whether there are callbacks, and whether each that is due is looked after */
  lookMs: number;
  /** @default 500 whether an active platform has something to tell */
  tickMs: number;
  /** @default 20 that events of a burst are waited for, so that they go together */
  gatherMs: number;
  /** @default 10_000 for which one process brings a platform's events to the callbacks */
  leaseMs: number;
  /** @default 5_000 that a callback is overdue before it counts as lost by the queue */
  overdueMs: number;
}

export interface DispatcherOptions {
  redis: ReturnType<typeof connectRedis>;
  outbox: Pick<Outbox, 'waiting'>;
  active: Pick<ActivePlatforms, 'list'>;
  units: Pick<CallbackUnits, 'callbackCount' | 'callbacks' | 'waitMs' | 'trim'>;
  queue: Pick<CallbackQueue, 'enqueue' | 'sweep' | 'work'>;
  /** Brings a platform's events to the callbacks; returns whom. */
  dispatch: (platformId: string) => Promise<string[]>;
  drain: DrainCallback;
  events: Pick<CallbackEvents, 'swept' | 'failed'>;
  timing?: Partial<DispatcherTiming>;
}

const timingDefaults: DispatcherTiming = {
  lookMs: 10_000,
  tickMs: 500,
  gatherMs: 20,
  leaseMs: 10_000,
  overdueMs: 5_000,
};

/**
 * Callbacks in this process: while any are registered it brings events to them and works on their queue. Else it costs one
 * look at Redis every ten seconds. Leases only spare effort; what two processes do at once is done once.
 */
export class Dispatcher implements AsyncDisposable {
  readonly #options: DispatcherOptions;
  readonly #timing: DispatcherTiming;
  readonly #wanted = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  #look: Promise<void> | undefined;
  #worker: AsyncDisposable | undefined;
  #timers: NodeJS.Timeout[] = [];
  #tick: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#timing = { ...timingDefaults, ...options.timing };
  }

  /** Whether it works, which it does while any callback is registered. */
  get isWorking(): boolean {
    return this.#worker !== undefined;
  }

  async start(): Promise<void> {
    this.#timers = [setInterval(() => void this.look(), this.#timing.lookMs)];
    await this.look();
  }

  /** Something was written to the platform's outbox by this process. */
  nudge(platformId: string): void {
    if (this.#closing) return;
    if (this.isWorking) this.#dispatch(platformId);
    // Somebody has registered a callback since the last look.
    else void this.look().then(() => this.isWorking && this.#dispatch(platformId));
  }

  /** Begins nothing new and returns when everything under way has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    for (const timer of this.#timers) clearInterval(timer);
    clearInterval(this.#tick);
    await this.#look;
    await Promise.all([...this.#running.values(), this.#worker?.[Symbol.asyncDispose]()]);
  }

  /** Whether there are callbacks; if so, whether all of it is in order. One look at a time. */
  look(): Promise<void> {
    this.#look ??= this.#lookOnce()
      .catch((error) => this.#options.events.failed({ error }))
      .finally(() => {
        this.#look = undefined;
      });
    return this.#look;
  }

  async #lookOnce(): Promise<void> {
    const { redis, units, queue, drain, events } = this.#options;
    const isNeeded = (await units.callbackCount()) > 0;
    if (this.#closing) return;
    if (!isNeeded) return this.#rest();
    this.#worker ??= queue.work({
      drain,
      onError: (error, callbackId) => events.failed({ error, ...(callbackId && { callbackId }) }),
    });
    this.#tick ??= setInterval(() => void this.#tickOnce(), this.#timing.tickMs);
    if (!(await takeLease(redis, leaseKey('look-lease'), this.#timing.lookMs * 0.9))) return;
    if (!(await isAligned(redis))) await alignEventsWanted(redis);
    await this.#sweep();
  }

  /** Nobody is registered any more. */
  async #rest(): Promise<void> {
    clearInterval(this.#tick);
    this.#tick = undefined;
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.[Symbol.asyncDispose]();
  }

  async #tickOnce(): Promise<void> {
    const { redis, outbox, active, events } = this.#options;
    try {
      if (!(await takeLease(redis, leaseKey('tick-lease'), this.#timing.tickMs * 0.9))) return;
      for (const platformId of await outbox.waiting(await active.list())) this.#dispatch(platformId);
    } catch (error) {
      events.failed({ error });
    }
  }

  /** One at a time per platform; what is wanted meanwhile follows. */
  #dispatch(platformId: string): void {
    if (this.#closing) return;
    this.#wanted.add(platformId);
    if (this.#running.has(platformId)) return;
    const running = this.#dispatchWanted(platformId)
      .catch((error) => this.#options.events.failed({ platformId, error }))
      .finally(() => {
        this.#running.delete(platformId);
        if (this.#wanted.has(platformId)) this.#dispatch(platformId);
      });
    this.#running.set(platformId, running);
  }

  async #dispatchWanted(platformId: string): Promise<void> {
    const { redis, dispatch, queue } = this.#options;
    while (this.#wanted.has(platformId)) {
      await sleep(this.#timing.gatherMs);
      this.#wanted.delete(platformId);
      const release = await takeLease(redis, platformKey(platformId, 'events-lease'), this.#timing.leaseMs);
      // Whoever has it finds what there is, or the next tick does.
      if (!release) return;
      try {
        for (const callbackId of await dispatch(platformId)) await queue.enqueue(callbackId);
      } finally {
        await release();
      }
    }
  }

  async #sweep(): Promise<void> {
    const { units, queue, events } = this.#options;
    const overdue: string[] = [];
    for (const { id } of await units.callbacks()) {
      await units.trim(id);
      if (((await units.waitMs(id)) ?? 0) < -this.#timing.overdueMs) overdue.push(id);
    }
    const added = await queue.sweep(overdue);
    if (added > 0) events.swept({ added });
  }
}

function leaseKey(name: string): string {
  return platformKey('callbacks', name);
}
