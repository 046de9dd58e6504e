import type { Redis } from 'ioredis';
import type { ActivePlatforms } from '../redis/active-platforms.ts';
import { Gate } from './gate.ts';
import { Lane, type LaneOptions, type LaneTiming, laneTiming } from './lane.ts';
import type { Wakes } from './wakes.ts';

export interface LanesOptions extends Omit<LaneOptions, 'timing' | 'active' | 'opening'> {
  redis: Redis;
  wakes: Wakes;
  active: Pick<ActivePlatforms, 'list' | 'retireIfIdle'>;
  timing?: Partial<LaneTiming>;
  /** @default 10_000 between two looks at the active platforms, which heal a wake that was missed, ms */
  activeLookMs?: number;
}

const lanesOpeningAtOnce = 16;

/**
 * All lanes of this process: opened when their platform is woken or found active, closed when it has nothing undelivered.
 * Cost follows the active lanes, not the registered platforms.
 */
export class Lanes implements AsyncDisposable {
  readonly #options: LanesOptions;
  readonly #laneOptions: LaneOptions;
  readonly #lanes = new Map<string, { lane: Lane; ended: Promise<void> }>();
  #timer: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(options: LanesOptions) {
    this.#options = options;
    const timing = { ...laneTiming, ...options.timing };
    this.#laneOptions = { ...options, timing, opening: new Gate(lanesOpeningAtOnce) };
  }

  /** The platforms whose lanes are open in this process. */
  get open(): string[] {
    return [...this.#lanes.keys()];
  }

  async start(): Promise<void> {
    await this.#options.wakes.subscribe((platformId) => this.wake(platformId));
    await this.#openActive();
    if (this.#closing) return;
    this.#timer = setInterval(() => void this.#openActive(), this.#options.activeLookMs ?? 10_000);
  }

  /** Opens the platform's lane; one that is closing just then opens again. */
  wake(platformId: string): void {
    if (this.#closing) return;
    const known = this.#lanes.get(platformId);
    if (known) {
      known.lane.wake();
      return;
    }
    const lane = new Lane(platformId, this.#laneOptions);
    const ended = lane
      .run()
      .catch((error) => this.#options.events.failed({ platformId, error }))
      .then(() => {
        this.#lanes.delete(platformId);
        if (lane.woken) this.wake(platformId);
      });
    this.#lanes.set(platformId, { lane, ended });
  }

  /** Begins nothing new and returns when everything under way has settled. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    clearInterval(this.#timer);
    for (const { lane } of this.#lanes.values()) lane.stop();
    await Promise.all([...this.#lanes.values()].map(({ ended }) => ended));
  }

  async #openActive(): Promise<void> {
    try {
      for (const platformId of await this.#options.active.list()) this.wake(platformId);
    } catch (error) {
      this.#options.events.failed({ platformId: '', error });
    }
  }
}
