import { describe, expect, it } from 'vitest';
import { Log, useLanes } from '../testing/lanes-fixture.ts';
import type { CellDelivery, DeliverCell } from './delivery.ts';

const world = useLanes();
const { platforms, settle, startLanes, submit, undelivered } = world;

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
      const { epoch, holdReason } = await world.state.get('p');
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
    expect(await world.queues.queue('p').isPaused()).toBe(true);
    up = true;
    await log.until('resumed p');
    await expect.poll(() => undelivered.size).toBe(0);
    expect(most).toBe(1);
  });

  it('is neither opened nor kept by a probe that says nothing about the platform', async () => {
    await world.state.hold('p', { reason: 'PLATFORM_DOWN', forMs: 0, level: 0, epochSeen: 0 });
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
    await world.state.hold('p', { reason: 'THROTTLED', forMs: 0, level: 0, epochSeen: 0 });
    await world.state.release('p', 1);
    await submit('p', 'a');
    await log.until('deliver a');
    await log.until('closed p');
    expect(log.count('held')).toBe(0);
  });

  it('stays shut for an operator who paused it, though the platform is well', async () => {
    await world.state.hold('p', { reason: 'PLATFORM_DOWN', forMs: 0, level: 0, epochSeen: 0 });
    await world.queues.pause('p');
    const { log } = await startLanes(async ({ cell }) => settle(cell));
    await submit('p', 'a');
    await log.until('opened p');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(log.count('probe') + log.count('deliver')).toBe(0);
    await world.queues.resume('p');
    await log.until('resumed p');
    expect(undelivered.size).toBe(0);
  });

  it('opens by itself when nobody waits any more', async () => {
    await world.state.hold('p', { reason: 'PLATFORM_DOWN', forMs: 0, level: 0, epochSeen: 0 });
    platforms.add('p');
    const { log } = await startLanes(async ({ cell }) => settle(cell));
    await log.until('resumed p');
    await log.until('closed p');
  });

  it('kills those who waited out the grace of a refusal, and only then', async () => {
    const refusal = { reason: 'CREDENTIALS_REJECTED', detail: 'invalid_client' } as const;
    const deliver: DeliverCell = async ({ cell }) => {
      const { epoch } = await world.state.get('p');
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
    await world.state.hold('p', { reason: 'PLATFORM_DOWN', forMs: 60_000, level: 0, epochSeen: 0 });
    const { log } = await startLanes(async ({ cell }) => settle(cell));
    await submit('p', 'a');
    await log.until('opened p');
    await expect.poll(() => world.queues.queue('p').isPaused()).toBe(true);
    await world.queues.queue('p').resume();
    await expect.poll(() => world.queues.queue('p').isPaused()).toBe(true);
  });
});
