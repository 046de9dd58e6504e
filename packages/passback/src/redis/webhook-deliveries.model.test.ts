import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { useTestRedis } from '../testing/store-fixture.ts';
import { deliveriesOn, receive, waiting, webhook } from '../testing/webhooks-fixture.ts';
import { globalKey } from './keys.ts';
import type { WebhookDeliveries } from './webhook-deliveries.ts';
import type { Claimed } from './webhook-types.ts';

const fixture = useTestRedis();
const pending = () => fixture.redis.zrange(globalKey('webhooks-pending'), '0', '-1', 'WITHSCORES');

/**
 * The world has a level; a delivery with need n can be matched from level n on. Whoever works on one reads the version, then
 * the level, and settles by that, later. A raised level is announced and then a retry is asked for, each at any time after.
 * What takes two commands may be held between them while others go on, and may never go on itself.
 */
type Step =
  | { do: 'receive'; need: number }
  | { do: 'claim'; limit: number; held: boolean }
  | { do: 'read'; task: number }
  | { do: 'settle'; task: number; retryInMs: number | undefined; held: boolean }
  | { do: 'raise' }
  /** All of it at once. */
  | { do: 'mend' }
  | { do: 'announce' }
  | { do: 'retry'; held: boolean; unasked: boolean }
  | { do: 'goOn'; one: number }
  | { do: 'crash'; one: number }
  | { do: 'wait'; ms: number };

interface Task extends Claimed {
  version?: string;
  level?: number;
}

interface Held {
  /** Whoever asked for a retry comes again until it is done; the work of a process may be lost with it. */
  mayDie: boolean;
  goOn(): Promise<void>;
}

const which = fc.nat(9);
const held = fc.boolean();
const of = <Kind extends Step['do']>(kind: Kind) => fc.constant(kind);
const retryInMs = fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.nat(120_000));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: of('receive'), need: fc.nat(4) }) },
  { weight: 6, arbitrary: fc.record({ do: of('claim'), limit: fc.integer({ min: 1, max: 3 }), held }) },
  { weight: 10, arbitrary: fc.record({ do: of('read'), task: which }) },
  { weight: 4, arbitrary: fc.record({ do: of('settle'), task: which, retryInMs, held }) },
  { weight: 1, arbitrary: fc.record({ do: of('raise') }) },
  { weight: 2, arbitrary: fc.record({ do: of('mend') }) },
  { weight: 4, arbitrary: fc.record({ do: of('announce') }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: of('retry'),
      held,
      unasked: fc.integer({ max: 4, min: 0 }).map((n) => n === 0),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: of('goOn'), one: which }) },
  { weight: 1, arbitrary: fc.record({ do: of('crash'), one: which }) },
  { weight: 1, arbitrary: fc.record({ do: of('wait'), ms: fc.nat(90_000) }) },
);

/** A connection whose second script waits until it may go on. */
function heldAtSecond(redis: Redis) {
  const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let calls = 0;
  const call = async (command: string, args: string[]) => {
    calls += 1;
    if (calls === 2) {
      reached.resolve();
      await gate.promise;
    }
    return redis.call(command, args);
  };
  const connection = new Proxy(redis, {
    get: (target, name) => {
      const member = name === 'call' ? call : Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { connection, reached: reached.promise, release: gate.resolve };
}

class World {
  readonly clock = { shiftMs: 0 };
  readonly store = deliveriesOn(fixture.redis, this.clock);
  readonly needs = new Map<string, number>();
  readonly tasks: Task[] = [];
  readonly held: Held[] = [];
  level = 0;
  toAnnounce = 0;
  toRetry = 0;

  async take(wanted: Step): Promise<void> {
    switch (wanted.do) {
      case 'receive':
        this.needs.set((await receive(this.store)).id, wanted.need);
        break;
      case 'claim':
        return this.do(wanted.held, true, async (store) => {
          this.tasks.push(...(await store.due(wanted.limit)));
        });
      case 'read': {
        const task = this.tasks[wanted.task % this.tasks.length];
        if (task && task.version === undefined) task.version = await this.store.versionOf('moodle');
        else if (task) task.level ??= this.level;
        break;
      }
      case 'settle': {
        const ready = this.tasks.filter(({ level }) => level !== undefined);
        const task = ready[wanted.task % ready.length];
        if (task) return this.settle(task, wanted);
        break;
      }
      case 'raise':
        this.level += 1;
        this.toAnnounce += 1;
        break;
      case 'mend':
        await this.take({ do: 'raise' });
        await this.take({ do: 'announce' });
        return this.take({ do: 'retry', held: false, unasked: false });
      case 'announce':
        if (this.toAnnounce === 0) break;
        await this.store.changed('moodle');
        this.toAnnounce -= 1;
        this.toRetry += 1;
        break;
      case 'retry':
        if (this.toRetry === 0 && !wanted.unasked) break;
        this.toRetry = Math.max(0, this.toRetry - 1);
        return this.do(wanted.held, false, async (store) => {
          await store.retry({ platformId: 'moodle' });
        });
      case 'goOn':
        await this.held.splice(wanted.one % (this.held.length || 1), 1)[0]?.goOn();
        break;
      case 'crash': {
        const mortal = this.held.filter(({ mayDie }) => mayDie);
        const dead = mortal[wanted.one % mortal.length];
        if (dead) this.held.splice(this.held.indexOf(dead), 1);
        else this.tasks.splice(wanted.one % (this.tasks.length || 1), 1);
        break;
      }
      case 'wait':
        this.clock.shiftMs += wanted.ms;
    }
  }

  settle(
    task: Task,
    { retryInMs, held: isHeld }: { retryInMs?: number | undefined; held: boolean },
  ): Promise<void> {
    this.tasks.splice(this.tasks.indexOf(task), 1);
    const isMatched = this.needs.get(task.id)! <= task.level!;
    const retryAtMs = retryInMs === undefined ? undefined : Date.now() + this.clock.shiftMs + retryInMs;
    return this.do(isHeld, true, async (store) => {
      await store.settle(task.id, {
        claim: task.claim,
        version: task.version!,
        accepted: isMatched ? { f0: 'sc_1' } : {},
        unmatched: isMatched ? [] : [waiting(0)],
        ...(retryAtMs !== undefined && { retryAtMs }),
      });
    });
  }

  /** Does something, or begins it and keeps it held. */
  async do(
    isHeld: boolean,
    mayDie: boolean,
    act: (store: WebhookDeliveries) => Promise<void>,
  ): Promise<void> {
    if (!isHeld) return act(this.store);
    const { connection, reached, release } = heldAtSecond(fixture.redis);
    const done = act(deliveriesOn(connection, this.clock));
    const isDone = await Promise.race([reached.then(() => false), done.then(() => true)]);
    if (isDone) return;
    this.held.push({
      mayDie,
      goOn: () => {
        release();
        return done;
      },
    });
  }

  /** Every process is gone but one, which works on what is due until there is none. Nobody asks for a retry any more. */
  async finish(): Promise<void> {
    while (this.toAnnounce > 0) await this.take({ do: 'announce' });
    for (const one of this.held) if (!one.mayDie) await one.goOn();
    while (this.toRetry > 0) await this.take({ do: 'retry', held: false, unasked: false });
    for (let round = 0; round < 4; round += 1) {
      this.clock.shiftMs += 130_000;
      for (const claimed of await this.store.due(1_000)) {
        const version = await this.store.versionOf('moodle');
        await this.settle({ ...claimed, version, level: this.level }, { held: false });
      }
    }
  }
}

it('no change is missed, however it falls between the commands of others, and whoever dies', {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 40, size: 'max' }), async (steps) => {
      await fixture.server.flush();
      const world = new World();
      for (const need of [1, 2]) await world.take({ do: 'receive', need });
      for (const each of steps) await world.take(each);
      await world.finish();
      expect(await pending()).toEqual([]);
      for (const [id, need] of world.needs) {
        const { status, accepted } = (await world.store.look(id))!;
        expect({ need, status }).toEqual({ need, status: need <= world.level ? 'done' : 'unmatched' });
        expect(Object.keys(accepted)).toHaveLength(need <= world.level ? 1 : 0);
      }
      const unmatched = [...world.needs.values()].filter((need) => need > world.level);
      expect(await world.store.countUnmatched('moodle')).toBe(unmatched.length);
    }),
    { numRuns: 600, seed: 20_261_120 },
  );
});

it('no change is missed by workers on many connections, when it comes while they settle', async () => {
  const [sender, editor] = [deliveriesOn(fixture.client()), deliveriesOn(fixture.client())];
  const over = new AbortController();
  let level = 0;
  const work = async (store: WebhookDeliveries) => {
    while (!over.signal.aborted) {
      for (const claimed of await store.due(2)) {
        const version = await store.versionOf('moodle');
        const isMatched = Number((await store.get(claimed.id))!.body) <= level;
        const came = isMatched
          ? { accepted: { f0: 'sc_1' }, unmatched: [] }
          : { accepted: {}, unmatched: [waiting(0)] };
        await store.settle(claimed.id, { claim: claimed.claim, version, ...came });
      }
      await delay(0);
    }
  };
  await sender.open('moodle', 'ci');
  const working = Array.from({ length: 4 }, () => work(deliveriesOn(fixture.client())));
  for (let round = 1; round <= 60; round += 1) {
    const body = Buffer.from(String(round));
    const send = async () => (await sender.receive(webhook({ body })))!.id;
    const mend = async () => {
      await delay((round * 7) % 9);
      level = round;
      await editor.changed('moodle');
      await editor.retry({ platformId: 'moodle', sourceId: 'ci' });
    };
    const [ids] = await Promise.all([Promise.all([send(), send(), send(), send()]), mend()]);
    // Nobody asks again: what missed this change is never done.
    const statuses = async () => Promise.all(ids.map(async (id) => (await sender.look(id))!.status));
    await expect.poll(statuses, { timeout: 10_000 }).toEqual(ids.map(() => 'done'));
  }
  over.abort();
  await Promise.all(working);
  expect(await pending()).toEqual([]);
});
