import { once } from 'node:events';
import { Worker } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { connectRedis } from '../redis/connection.ts';
import { Log, useLanes } from '../testing/lanes-fixture.ts';
import type { DeliverCell } from './delivery.ts';
import { lanePrefix, laneQueueName } from './lane-queues.ts';

const world = useLanes();
const { active, platforms, settle, startLanes, submit, undelivered } = world;

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
      await world.queues.enqueue('p', 'a');
      return { again: { cell, atMs: Date.now() + 60_000 }, signal: { kind: 'none' } };
    }, log);
    await submit('p', 'a');
    await log.until('deliver a', 2);
    await expect
      .poll(() => world.queues.queue('p').getJobCounts('wait', 'delayed', 'active'))
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
    await world.queues.enqueue('p', 'a');
    const connection = connectRedis(world.server.url, 'patient');
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
    expect(await world.queues.queue('p').getJobCounts('wait', 'active')).toEqual({ wait: 1, active: 0 });
  });
});
