import { EventEmitter, once } from 'node:events';
import type { TestRedis } from '@gradewire/local-redis/testing';
import { startTestRedis } from '@gradewire/local-redis/testing';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { CellDelivery, DeliverCell, LaneEvents } from '../bullmq/delivery.ts';
import { LaneQueues } from '../bullmq/lane-queues.ts';
import { Lanes, type LanesOptions } from '../bullmq/lanes.ts';
import { Wakes } from '../bullmq/wakes.ts';
import { connectRedis } from '../redis/connection.ts';
import { LaneState } from '../redis/lane-state.ts';

const done: CellDelivery = { signal: { kind: 'healthy' } };

/** Queues and lanes on a Redis of their own; the record's undelivered cells are kept by hand. */
export interface LanesFixture {
  readonly server: TestRedis;
  readonly queues: LaneQueues;
  readonly state: LaneState;
  /** The active platforms. */
  readonly platforms: Set<string>;
  /** The undelivered cells, and when each is due. */
  readonly undelivered: Map<string, number>;
  readonly active: LanesOptions['active'];
  startLanes(
    deliver: DeliverCell,
    log?: Log,
    more?: Partial<LanesOptions>,
  ): Promise<{ lanes: Lanes; log: Log }>;
  /** Makes cells undelivered, queues them and wakes the lanes. */
  submit(platformId: string, ...cells: string[]): Promise<void>;
  settle(cell: string): CellDelivery;
}

/** Registers the hooks; the members are there inside of tests. */
export function useLanes(): LanesFixture {
  let server: TestRedis;
  let redis: Redis;
  let queues: LaneQueues;
  let state: LaneState;
  const platforms = new Set<string>();
  const undelivered = new Map<string, number>();
  const running: AsyncDisposable[] = [];

  beforeAll(async () => {
    server = await startTestRedis();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    await server.flush();
    redis = connectRedis(server.url, 'patient');
    queues = new LaneQueues({ connection: redis });
    state = new LaneState({ redis });
    platforms.clear();
    undelivered.clear();
  });
  afterEach(async () => {
    for (const part of running.splice(0)) await part[Symbol.asyncDispose]();
    redis.disconnect();
  });

  const reader = {
    undelivered: async () => ({ count: undelivered.size }),
    undeliveredCells: async () => ({
      nowMs: Date.now(),
      cells: [...undelivered].map(([cell, dueAtMs]) => ({ cell, dueAtMs, sinceMs: 0, leased: false })),
    }),
    trim: async () => 0,
  };
  const active = {
    list: async () => [...platforms],
    retireIfIdle: async (platformId: string) =>
      undelivered.size === 0 && (platforms.delete(platformId) || true),
  };
  return {
    get server() {
      return server;
    },
    get queues() {
      return queues;
    },
    get state() {
      return state;
    },
    platforms,
    undelivered,
    active,
    async startLanes(deliver, log = new Log(), more = {}) {
      const wakes = new Wakes({ redis });
      const lanes = new Lanes({
        redis,
        queues,
        wakes,
        reader,
        retentionMs: 60_000,
        active,
        events: eventsTo(log),
        concurrencyOf: async () => 2,
        hold: { baseMs: 30, maxMs: 120 },
        probeLifeMs: 5_000,
        graceMs: 60_000,
        bury: async ({ cell, reason }) => {
          undelivered.delete(cell);
          log.add(`bury ${cell} ${reason}`);
        },
        activeLookMs: 60_000,
        ...more,
        deliver: async (input) => {
          log.add(`${input.probe ? 'probe' : 'deliver'} ${input.cell}`);
          return deliver(input);
        },
        timing: {
          lookMs: 40,
          sweepMs: 150,
          idleMs: 60,
          lockMs: 30_000,
          stalledMs: 100,
          errorBackoffMs: 20,
          ...more.timing,
        },
      });
      running.push(lanes, wakes);
      await lanes.start();
      return { lanes, log };
    },
    async submit(platformId, ...cells) {
      platforms.add(platformId);
      for (const cell of cells) undelivered.set(cell, Date.now());
      await queues.enqueueMany(platformId, cells);
      await new Wakes({ redis }).publish(platformId);
    },
    settle(cell) {
      undelivered.delete(cell);
      return done;
    },
  };
}

/** What happened, in order, and a way to wait for it. */
export class Log extends EventEmitter {
  readonly lines: string[] = [];
  add(line: string): void {
    this.lines.push(line);
    this.emit('line');
  }
  count(prefix: string): number {
    return this.lines.filter((line) => line.startsWith(prefix)).length;
  }
  async until(prefix: string, times = 1): Promise<void> {
    while (this.count(prefix) < times) await once(this, 'line', { signal: AbortSignal.timeout(60_000) });
  }
}

function eventsTo(log: Log): LaneEvents {
  return {
    opened: (platformId) => log.add(`opened ${platformId}`),
    closed: (platformId) => log.add(`closed ${platformId}`),
    held: ({ platformId, reason, level }) => log.add(`held ${platformId} ${reason} ${level}`),
    resumed: ({ platformId }) => log.add(`resumed ${platformId}`),
    swept: ({ added }) => log.add(`swept ${added}`),
    stalled: (platformId) => log.add(`stalled ${platformId}`),
    failed: ({ error }) => log.add(`failed ${error instanceof Error ? error.message : error}`),
  };
}
