import { EventEmitter, once } from 'node:events';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis } from '../redis/connection.ts';
import { LaneState } from '../redis/lane-state.ts';
import type { CellDelivery, DeliverCell, LaneEvents } from './delivery.ts';
import { LaneQueues, lanePrefix, laneQueueName } from './lane-queues.ts';
import { Lanes, type LanesOptions } from './lanes.ts';
import { Wakes } from './wakes.ts';

let server: TestRedis;
let redis: Redis;
let queues: LaneQueues;
let state: LaneState;
let platforms: Set<string>;
let undelivered: Map<string, number>;
let running: AsyncDisposable[];

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.flush();
  redis = connectRedis(server.url, 'patient');
  queues = new LaneQueues({ connection: redis });
  state = new LaneState({ redis });
  platforms = new Set();
  undelivered = new Map();
  running = [];
});
afterEach(async () => {
  for (const part of running) await part[Symbol.asyncDispose]();
  redis.disconnect();
});

const done: CellDelivery = { signal: { kind: 'healthy' } };
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

/** What happened, in order, and a way to wait for it. */
class Log extends EventEmitter {
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

async function startLanes(
  deliver: DeliverCell,
  log = new Log(),
  more: Partial<LanesOptions> = {},
): Promise<{ lanes: Lanes; log: Log }> {
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
}

async function submit(platformId: string, ...cells: string[]): Promise<void> {
  platforms.add(platformId);
  for (const cell of cells) undelivered.set(cell, Date.now());
  await queues.enqueueMany(platformId, cells);
  await new Wakes({ redis }).publish(platformId);
}
const settle = (cell: string): CellDelivery => {
  undelivered.delete(cell);
  return done;
};

describe('a lane', () => {
  it('opens when its platform is woken and closes when nothing is undelivered', async () => {
    const { lanes, log } = await startLanes(async ({ cell }) => settle(cell));
    expect(lanes.open).toEqual([]);
    await submit('p', 'a');
    await log.until('deliver a');
    await log.until('closed p');
    expect(log.count('opened')).toBe(1);
    await expect.poll(() => lanes.open).toEqual([]);
  });

  it('stays open while anything is undelivered', async () => {
    const { log } = await startLanes(async ({ cell }) =>
      log.count(`deliver ${cell}`) < 2
        ? { again: { cell, atMs: Date.now() + 400 }, signal: { kind: 'none' } }
        : settle(cell),
    );
    await submit('p', 'a');
    await log.until('closed p');
    expect(log.lines.filter((line) => /opened|closed|deliver/.test(line))).toEqual([
      'opened p',
      'deliver a',
      'deliver a',
      'closed p',
    ]);
  });

  it('opens for platforms that were active before, without a wake', async () => {
    undelivered.set('a', 0);
    platforms.add('p');
    const { log } = await startLanes(async ({ cell }) => settle(cell));
    await log.until('swept 1');
    await log.until('deliver a');
  });

  it('opens again when a wake comes while it closes', async () => {
    const log = new Log();
    let late: Promise<void> | undefined;
    const { lanes } = await startLanes(async ({ cell }) => settle(cell), log, {
      active: {
        ...active,
        retireIfIdle: async (platformId) => {
          const retired = await active.retireIfIdle(platformId);
          if (retired && !late) {
            late = submit(platformId, 'b');
            lanes.wake(platformId);
          }
          return retired;
        },
      },
    });
    await submit('p', 'a');
    await log.until('deliver b');
    await late;
  });

  it('never works on more cells than the platform allows, all workers together', async () => {
    let now = 0;
    let most = 0;
    const deliver: DeliverCell = async ({ cell }) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 3));
      now -= 1;
      return settle(cell);
    };
    const log = new Log();
    await startLanes(deliver, log);
    await startLanes(deliver, log);
    await startLanes(deliver, log);
    await submit('p', ...Array.from({ length: 60 }, (_, i) => `cell-${i}`));
    await log.until('deliver', 60);
    await expect.poll(() => undelivered.size).toBe(0);
    expect(most).toBe(2);
  });

  it('lets a newer score go at once although the attempt under way then backs off', async () => {
    const log = new Log();
    await startLanes(async ({ cell }) => {
      if (log.count('deliver a') > 1) return settle(cell);
      await queues.enqueue('p', 'a');
      return { again: { cell, atMs: Date.now() + 60_000 }, signal: { kind: 'none' } };
    }, log);
    await submit('p', 'a');
    await log.until('deliver a', 2);
    await expect
      .poll(() => queues.queue('p').getJobCounts('wait', 'delayed', 'active'))
      .toEqual({
        wait: 0,
        delayed: 0,
        active: 0,
      });
  });

  it('tries a cell again whose delivery threw', async () => {
    const { log } = await startLanes(async ({ cell }) => {
      if (log.count('deliver a') < 3) throw new Error('bug');
      return settle(cell);
    });
    await submit('p', 'a');
    await log.until('deliver a', 3);
    expect(log.count('failed bug')).toBe(2);
  });

  it('takes over the jobs of a worker that died', async () => {
    platforms.add('p');
    undelivered.set('a', 0);
    await queues.enqueue('p', 'a');
    const connection = connectRedis(server.url, 'patient');
    const doomed = new Worker(laneQueueName('p'), () => new Promise(() => undefined), {
      connection,
      prefix: lanePrefix('p'),
      lockDuration: 500,
      stalledInterval: 100,
    });
    await once(doomed, 'active');
    await doomed.close(true);
    connection.disconnect();
    const { log } = await startLanes(async ({ cell }) => settle(cell));
    await log.until('stalled p');
    await log.until('deliver a');
  });

  it('ends a stop only when what is under way has settled, and begins nothing new', async () => {
    let finish = () => {};
    const { lanes, log } = await startLanes(
      async ({ cell, stopping }) => {
        if (stopping.aborted) return { again: { cell, atMs: Date.now() }, signal: { kind: 'none' } };
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        return settle(cell);
      },
      new Log(),
      { concurrencyOf: async () => 1 },
    );
    await submit('p', 'a', 'b');
    await log.until('deliver');
    let stopped = false;
    const stop = lanes[Symbol.asyncDispose]().then(() => {
      stopped = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(stopped).toBe(false);
    finish();
    await stop;
    expect(log.count('deliver')).toBe(1);
    expect(undelivered.size).toBe(1);
    expect(await queues.queue('p').getJobCounts('wait', 'active')).toEqual({ wait: 1, active: 0 });
  });
});

describe('a held lane', () => {
  const down = (cell: string, epoch: number): CellDelivery => ({
    again: { cell, atMs: Date.now() + 5 },
    signal: { kind: 'hold', reason: 'PLATFORM_DOWN', epoch },
  });

  it('sends one probe at a time, each with another cell, and drains when one succeeds', async () => {
    let up = false;
    let now = 0;
    let most = 0;
    const deliver: DeliverCell = async ({ cell, probe }) => {
      const { epoch, holdReason } = await state.get('p');
      if (holdReason && !probe) return { held: true, signal: { kind: 'none' } };
      if (!probe) return up ? settle(cell) : down(cell, epoch);
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 10));
      now -= 1;
      return up ? settle(cell) : down(cell, epoch);
    };
    const log = new Log();
    await startLanes(deliver, log);
    await startLanes(deliver, log);
    await submit('p', ...Array.from({ length: 20 }, (_, i) => `c${i}`));
    await log.until('probe', 6);
    expect(most).toBe(1);
    const probed = log.lines.filter((line) => line.startsWith('probe')).slice(0, 6);
    expect(new Set(probed).size).toBe(6);
    expect(log.lines.filter((line) => line.startsWith('held')).slice(0, 4)).toEqual([
      'held p PLATFORM_DOWN 0',
      'held p PLATFORM_DOWN 1',
      'held p PLATFORM_DOWN 2',
      'held p PLATFORM_DOWN 3',
    ]);
    expect(await queues.queue('p').isPaused()).toBe(true);
    up = true;
    await log.until('resumed p');
    await expect.poll(() => undelivered.size).toBe(0);
    expect(most).toBe(1);
  });

  it('is neither opened nor kept by a probe that says nothing about the platform', async () => {
    await state.hold('p', { reason: 'PLATFORM_DOWN', forMs: 0, level: 0, epochSeen: 0 });
    const { log } = await startLanes(async ({ cell }) =>
      cell === 'odd' ? { signal: { kind: 'none' } } : settle(cell),
    );
    await submit('p', 'odd', 'even');
    await log.until('resumed p');
    expect(log.lines.filter((line) => line.startsWith('probe'))).toEqual(['probe odd', 'probe even']);
    expect(log.count('held')).toBe(0);
  });

  it('is not held again by a failure that began before it opened', async () => {
    const { log } = await startLanes(async ({ cell }) => {
      undelivered.delete(cell);
      return { signal: { kind: 'hold', reason: 'PLATFORM_DOWN', epoch: 0 } };
    });
    await state.hold('p', { reason: 'THROTTLED', forMs: 0, level: 0, epochSeen: 0 });
    await state.release('p', 1);
    await submit('p', 'a');
    await log.until('deliver a');
    await log.until('closed p');
    expect(log.count('held')).toBe(0);
  });

  it('stays shut for an operator who paused it, though the platform is well', async () => {
    await state.hold('p', { reason: 'PLATFORM_DOWN', forMs: 0, level: 0, epochSeen: 0 });
    await queues.pause('p');
    const { log } = await startLanes(async ({ cell }) => settle(cell));
    await submit('p', 'a');
    await log.until('opened p');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(log.count('probe') + log.count('deliver')).toBe(0);
    await queues.resume('p');
    await log.until('resumed p');
    expect(undelivered.size).toBe(0);
  });

  it('opens by itself when nobody waits any more', async () => {
    await state.hold('p', { reason: 'PLATFORM_DOWN', forMs: 0, level: 0, epochSeen: 0 });
    platforms.add('p');
    const { log } = await startLanes(async ({ cell }) => settle(cell));
    await log.until('resumed p');
    await log.until('closed p');
  });

  it('kills those who waited out the grace of a refusal, and only then', async () => {
    const refusal = { reason: 'CREDENTIALS_REJECTED', detail: 'invalid_client' } as const;
    const deliver: DeliverCell = async ({ cell }) => {
      const { epoch } = await state.get('p');
      return {
        again: { cell, atMs: Date.now() + 60_000 },
        signal: { kind: 'hold', reason: 'CREDENTIALS_REJECTED', epoch, refusal },
      };
    };
    const { log } = await startLanes(deliver, new Log(), { graceMs: 1_500, concurrencyOf: async () => 1 });
    await submit('p', 'a', 'b', 'c');
    await log.until('bury', 3);
    expect(log.lines.filter((line) => line.startsWith('bury'))).toEqual(
      ['a', 'b', 'c'].map((cell) => `bury ${cell} CREDENTIALS_REJECTED`),
    );
    expect(
      log.lines
        .slice(0, log.lines.indexOf('bury a CREDENTIALS_REJECTED'))
        .filter((line) => line.startsWith('probe')).length,
    ).toBeGreaterThan(2);
    expect(log.count('deliver')).toBe(1);
  });

  it('is shut again when its queue lost the mark', async () => {
    await state.hold('p', { reason: 'PLATFORM_DOWN', forMs: 60_000, level: 0, epochSeen: 0 });
    const { log } = await startLanes(async ({ cell }) => settle(cell));
    await submit('p', 'a');
    await log.until('opened p');
    await expect.poll(() => queues.queue('p').isPaused()).toBe(true);
    await queues.queue('p').resume();
    await expect.poll(() => queues.queue('p').isPaused()).toBe(true);
  });
});
