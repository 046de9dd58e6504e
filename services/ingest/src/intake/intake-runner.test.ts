import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '@gradewire/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { MapperBusyError } from './fair-mapper.ts';
import { IntakeRunner } from './intake-runner.ts';

const deliveryId = (platformId: string, n: number) => `wh_${platformId}_${n.toString(16).padStart(32, '0')}`;

/** Deliveries whose processing a test holds up: each waits in `get` until it is released, and is gone then. */
function fakeDeliveries() {
  const held = new Map<string, () => void>();
  const processed: string[] = [];
  const state = {
    due: [] as string[],
    looks: [] as number[],
    claimed: [] as string[],
    putBack: [] as string[],
    held,
    processed,
    mostAtOnce: 0,
    failing: false,
    /** Whether a claim is given to whoever asks for one. */
    claims: (_id: string) => true,
    release(which = (_id: string) => true) {
      for (const [id, release] of held) if (which(id)) release();
    },
    platformsHeld: () => [...held.keys()].map((id) => id.split('_')[1]),
  };
  const webhookDeliveries = {
    async due(limit: number) {
      state.looks.push(limit);
      if (state.failing) throw new Error('the store is away');
      return state.due.splice(0, limit).map((id) => ({ id, claim: 'c' }));
    },
    async claim(id: string) {
      state.claimed.push(id);
      if (state.failing) throw new Error('the store is away');
      return state.claims(id) ? { id, claim: 'c' } : undefined;
    },
    async putBack(claimed: readonly { id: string }[]) {
      state.putBack.push(...claimed.map(({ id }) => id));
    },
    versionOf: async () => '0',
    async get(id: string) {
      if (id.includes('_mapped_')) return mappedDelivery(id);
      const { promise, resolve } = Promise.withResolvers<void>();
      held.set(id, resolve);
      state.mostAtOnce = Math.max(state.mostAtOnce, held.size);
      await promise;
      held.delete(id);
      processed.push(id);
      return undefined;
    },
  };
  return { state, webhookDeliveries };
}

function mappedDelivery(id: string) {
  return {
    id,
    sourceId: 's',
    platformId: id.split('_')[1],
    body: Buffer.from('{}'),
    accepted: {},
    discarded: [],
  };
}

/** A mapping that a test holds up, and that cannot be run in the end. */
function heldMapper() {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  const state = { asked: 0, fail: () => reject(new Error('no process')) };
  const mapper = {
    map() {
      state.asked += 1;
      return promise;
    },
  };
  return { state, mapper };
}

const runners: IntakeRunner[] = [];
function runnerOf({ webhookDeliveries }: ReturnType<typeof fakeDeliveries>, more: object = {}): IntakeRunner {
  const logger = createLogger({ name: 'test', level: 'silent' });
  const runner = new IntakeRunner({
    webhookDeliveries,
    logger,
    now: Date.now,
    ...more,
  } as unknown as ConstructorParameters<typeof IntakeRunner>[0]);
  runners.push(runner);
  return runner;
}

afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner[Symbol.asyncDispose]()));
});

describe('IntakeRunner', () => {
  it('works on 8 at once, of one platform on as many as it leaves free', async () => {
    const fake = fakeDeliveries();
    const runner = runnerOf(fake);
    const { state } = fake;
    for (let n = 0; n < 20; n += 1) runner.wake(deliveryId('a', n));
    await expect.poll(() => state.platformsHeld()).toEqual(['a', 'a', 'a', 'a']);
    for (const platform of ['b', 'c', 'd']) {
      for (let n = 0; n < 20; n += 1) runner.wake(deliveryId(platform, n));
    }
    await expect.poll(() => state.platformsHeld().sort().join('')).toBe('aaaabbcd');
    // Whoever comes once all places are taken has the next one that is given back.
    runner.wake(deliveryId('e', 0));
    state.release((id) => id === deliveryId('a', 0));
    await expect.poll(() => state.platformsHeld()).toContain('e');
    while (state.processed.length < 81) {
      state.release();
      await delay(1);
    }
    expect(state.mostAtOnce).toBe(8);
    expect(new Set(state.processed).size).toBe(81);
  });

  it('keeps 128 of a platform in memory and finds the rest by looking', async () => {
    const fake = fakeDeliveries();
    const runner = runnerOf(fake);
    const { state } = fake;
    for (let n = 0; n < 500; n += 1) runner.wake(deliveryId('a', n));
    while (state.processed.length < 132) {
      state.release();
      await delay(0);
    }
    await delay(20);
    expect([state.held.size, state.claimed.length]).toEqual([0, 132]);
    state.due = Array.from({ length: 368 }, (_, n) => deliveryId('a', 132 + n));
    runner.start();
    while (state.processed.length < 500) {
      state.release();
      await delay(0);
    }
    expect(new Set(state.processed).size).toBe(500);
  });

  it('keeps a thousand in memory in all', async () => {
    const fake = fakeDeliveries();
    const runner = runnerOf(fake);
    for (let n = 0; n < 3_000; n += 1) runner.wake(deliveryId(`p${n % 50}`, n));
    while (fake.state.processed.length < 1_008) {
      fake.state.release();
      await delay(0);
    }
    await delay(20);
    expect([fake.state.held.size, fake.state.claimed.length]).toEqual([0, 1_008]);
  });

  it('gives the places of what waits for a mapping to others', async () => {
    const fake = fakeDeliveries();
    const { state: mapping, mapper } = heldMapper();
    const webhookSources = {
      get: async () => ({ platformId: 'mapped', adapter: 'custom', mapping: '[]', defaults: {} }),
    };
    const runner = runnerOf(fake, { mapper, slowMapper: mapper, webhookSources, courseRosters: {} });
    const { state } = fake;
    for (let n = 0; n < 20; n += 1) runner.wake(deliveryId('mapped', n));
    await expect.poll(() => mapping.asked).toBe(1);
    for (const platform of ['a', 'b']) {
      for (let n = 0; n < 20; n += 1) runner.wake(deliveryId(platform, n));
    }
    // As many as if the others were not there, of which four wait for the one mapping.
    await expect.poll(() => state.platformsHeld().sort().join('')).toBe('aaaabb');
    expect(state.claimed.filter((id) => id.includes('mapped'))).toHaveLength(4);
    const disposed = runner[Symbol.asyncDispose]();
    mapping.fail();
    state.release();
    await disposed;
    // Those that had no turn, and the one that could not be run, are others' at once.
    expect(state.putBack.toSorted()).toEqual([0, 1, 2, 3].map((n) => deliveryId('mapped', n)));
    expect(mapping.asked).toBe(1);
  });

  it('puts back for later what the mapper has no room for', async () => {
    const fake = fakeDeliveries();
    const mapper = { map: () => Promise.reject(new MapperBusyError(5_000)) };
    const webhookSources = {
      get: async () => ({ platformId: 'mapped', adapter: 'custom', mapping: '[]', defaults: {} }),
    };
    const runner = runnerOf(fake, { mapper, slowMapper: mapper, webhookSources, courseRosters: {} });
    runner.wake(deliveryId('mapped', 1));
    await expect.poll(() => fake.state.putBack).toEqual([deliveryId('mapped', 1)]);
  });

  it('puts back what it claimed and has no room for, and at its end what it did not come to', async () => {
    const fake = fakeDeliveries();
    const { state } = fake;
    const runner = runnerOf(fake);
    for (let n = 0; n < 120; n += 1) runner.wake(deliveryId('a', n));
    await expect.poll(() => state.held.size).toBe(4);
    state.due = Array.from({ length: 50 }, (_, n) => deliveryId('a', 200 + n));
    runner.start();
    // 116 waited already.
    await expect.poll(() => state.putBack).toHaveLength(38);
    const disposed = runner[Symbol.asyncDispose]();
    state.release();
    await disposed;
    expect(state.putBack.toSorted()).toEqual(Array.from({ length: 50 }, (_, n) => deliveryId('a', 200 + n)));
  });

  it('goes on looking for others while a platform is slow', async () => {
    const fake = fakeDeliveries();
    const runner = runnerOf(fake);
    const { state } = fake;
    state.due = [
      ...Array.from({ length: 350 }, (_, n) => deliveryId('slow', n)),
      ...Array.from({ length: 20 }, (_, n) => deliveryId('b', n)),
    ];
    runner.start();
    const others = () => state.processed.filter((id) => id.includes('_b_')).length;
    while (others() < 20) {
      state.release((id) => id.includes('_b_'));
      await delay(5);
    }
    expect(state.processed).toHaveLength(20);
    state.release();
    await expect.poll(() => state.held.size).toBe(4);
    const disposed = runner[Symbol.asyncDispose]();
    state.release();
    await disposed;
  });

  it('wakes each once, however often it is told, and not at all what another has', async () => {
    const fake = fakeDeliveries();
    fake.state.claims = (id) => id !== deliveryId('b', 1);
    const runner = runnerOf(fake);
    for (let i = 0; i < 5; i += 1) runner.wake(deliveryId('b', 1));
    for (let n = 0; n < 4; n += 1) runner.wake(deliveryId('a', n));
    for (let i = 0; i < 5; i += 1) runner.wake(deliveryId('a', 9));
    await expect.poll(() => fake.state.held.size).toBe(4);
    fake.state.release();
    await expect.poll(() => fake.state.held.size).toBe(1);
    fake.state.release();
    await expect.poll(() => fake.state.processed).toHaveLength(5);
    expect(fake.state.claimed.filter((id) => id === deliveryId('a', 9))).toHaveLength(1);
  });

  it('looks for what is due, at once again while there is more, with the claims that it was given', async () => {
    const fake = fakeDeliveries();
    fake.state.due = Array.from({ length: 300 }, (_, n) => deliveryId(`p${n % 3}`, n));
    const runner = runnerOf(fake);
    const startedMs = performance.now();
    runner.start();
    while (fake.state.processed.length < 300) {
      fake.state.release();
      await delay(1);
    }
    expect(performance.now() - startedMs).toBeLessThan(900);
    expect(fake.state.looks[0]).toBe(100);
    expect(fake.state.claimed).toEqual([]);
    const looks = fake.state.looks.length;
    await expect.poll(() => fake.state.looks.length).toBeGreaterThan(looks);
  });

  it('goes on whatever fails', async () => {
    const fake = fakeDeliveries();
    fake.state.failing = true;
    const runner = runnerOf(fake);
    runner.start();
    runner.wake(deliveryId('a', 1));
    await expect.poll(() => fake.state.looks.length).toBeGreaterThan(1);
    expect(fake.state.claimed).toEqual([deliveryId('a', 1)]);
    fake.state.failing = false;
    fake.state.due = [deliveryId('a', 1)];
    await expect.poll(() => fake.state.held.size).toBe(1);
    fake.state.release();
  });

  it('finishes what is under way and begins nothing more when it is disposed', async () => {
    const fake = fakeDeliveries();
    const runner = runnerOf(fake);
    runner.start();
    for (let n = 0; n < 10; n += 1) runner.wake(deliveryId('a', n));
    await expect.poll(() => fake.state.held.size).toBe(4);
    let isDisposed = false;
    const disposed = runner[Symbol.asyncDispose]().then(() => {
      isDisposed = true;
    });
    await delay(30);
    expect(isDisposed).toBe(false);
    fake.state.release();
    await disposed;
    runner.wake(deliveryId('b', 1));
    await delay(10);
    expect([fake.state.processed.length, fake.state.held.size]).toEqual([4, 0]);
  });
});
