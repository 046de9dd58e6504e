import { CallbackUnits, Outbox, ScoreReader } from '@gradewire/passback/redis';
import { describe, expect, it } from 'vitest';
import { box, platformId, useCallbacks } from '../testing/callbacks-fixture.ts';
import { dispatch } from './dispatch.ts';

const world = useCallbacks();
const parts = () => ({
  outbox: new Outbox({ redis: world.redis }),
  reader: new ScoreReader({ redis: world.redis, box }),
  units: new CallbackUnits({
    redis: world.redis,
    box,
    retry: { baseMs: 1, maxMs: 1, maxAgeMs: 1 },
    hold: { baseMs: 1, maxMs: 1 },
    retentionMs: 60_000,
    claimMs: 60_000,
    random: Math.random,
  }),
});
const many = async (count: number) => {
  for (let i = 0; i < count; i += 1) await world.delivered();
};
const pending = async (id: string) => (await world.store.get(id))?.pending;

describe('what is to be told', () => {
  it('is told once although the process dies before it has noted that', async () => {
    const each = await world.receiver('each');
    const sum = await world.receiver('sum', { form: 'digest' });
    await many(150);
    const { outbox, ...rest } = parts();
    const dies = {
      page: (id: string, count: number) => outbox.page(id, count),
      remove: async () => {
        throw new Error('killed');
      },
    };
    for (let time = 0; time < 3; time += 1) {
      await expect(dispatch({ ...rest, outbox: dies }, platformId)).rejects.toThrow('killed');
    }
    await world.start();
    await expect.poll(() => each.taken.length).toBe(150);
    await expect.poll(() => sum.taken.length).toBe(1);
    expect(sum.taken[0]!.data.events).toHaveLength(150);
    expect(new Set(each.all.map(({ id }) => id)).size).toBe(150);
    expect(each.all).toHaveLength(150);
  });

  it('is told once although the process dies before anybody is asked to send it', async () => {
    const receiver = await world.receiver('app');
    await many(5);
    await dispatch(parts(), platformId);
    expect(await pending('app')).toBe(5);
    const { lines } = await world.start();
    await expect.poll(() => receiver.taken.length).toBe(5);
    expect(lines.some(({ event, added }) => event === 'callbacks-swept' && added === 1)).toBe(true);
  });

  it('is told once although many processes are at it', async () => {
    const receiver = await world.receiver('app');
    const sum = await world.receiver('sum', { form: 'digest' });
    await Promise.all([world.start(), world.start(), world.start()]);
    await Promise.all(Array.from({ length: 10 }, () => many(20)));
    await Promise.all(Array.from({ length: 5 }, () => dispatch(parts(), platformId)));
    await expect.poll(() => receiver.taken.length).toBe(200);
    await expect.poll(() => sum.taken.flatMap(({ data }) => data.events as object[]).length).toBe(200);
    expect(receiver.all).toHaveLength(200);
    expect(new Set(receiver.all.map(({ id }) => id)).size).toBe(200);
  });

  it('is told again when whoever sent it died before the answer, under the same id', async () => {
    const receiver = await world.receiver('app');
    await many(1);
    const { units, ...rest } = parts();
    await dispatch({ ...rest, units }, platformId);
    const [lost] = (await units.take('app', 1))!.units;
    // Its claim ends a minute later: time is moved by hand.
    const due = `gw:{callbacks}:due:app`;
    await world.redis.zadd(due, Date.now() - 1, lost!.id);
    await world.redis.hset(`gw:{callbacks}:unit:app:${lost!.id}`, 'claim', Date.now() - 1);
    await world.start();
    await expect.poll(() => receiver.taken.length).toBe(1);
    expect(receiver.taken[0]!.id).toBe(lost!.id);
  });
});

it('a process that stops ends what is under way and begins nothing new', async () => {
  const answers: (() => void)[] = [];
  const receiver = await world.receiver('app', {}, () => (response) => {
    answers.push(() => response.writeHead(204).end());
  });
  const dispatcher = await world.start({ requestTimeoutMs: 60_000 });
  await many(20);
  await expect.poll(() => answers.length).toBe(8);
  const stopped = dispatcher[Symbol.asyncDispose]();
  for (const answer of answers) answer();
  await stopped;
  expect(receiver.all).toHaveLength(8);
  const page = await world.store.deliveries({ callbackId: 'app', status: 'delivered', limit: 100 });
  expect(page!.data).toHaveLength(8);
  expect(await pending('app')).toBe(12);
  receiver.reply = () => 204;
  await world.start();
  await expect.poll(() => receiver.all.length).toBe(20);
  expect(new Set(receiver.all.map(({ id }) => id)).size).toBe(20);
});

describe('where no callback is registered', () => {
  it('nothing is written, and one look in ten seconds is all that is asked of Redis', async () => {
    const dispatcher = await world.start({ timing: { lookMs: 100 } });
    await many(3);
    const before = await commands();
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    const after = await commands();
    expect(dispatcher.isWorking).toBe(false);
    expect([...after].filter(([name, calls]) => name !== 'info' && calls > (before.get(name) ?? 0))).toEqual([
      ['hlen', (before.get('hlen') ?? 0) + (after.get('hlen')! - before.get('hlen')!)],
    ]);
    expect(after.get('hlen')! - before.get('hlen')!).toBeLessThanOrEqual(11);
    expect(await world.redis.keys('*events*')).toEqual([]);
    expect(await world.redis.keys('gw:{callbacks}*')).toEqual([]);
  });

  it('the first event after one is registered finds it, and a process rests when the last is gone', async () => {
    const dispatcher = await world.start({ timing: { lookMs: 600_000, tickMs: 50 } });
    const receiver = await world.receiver('app');
    expect(dispatcher.isWorking).toBe(false);
    await world.delivered({ onTold: (id) => dispatcher.nudge(id) });
    await expect.poll(() => receiver.taken.length).toBe(1);
    await world.store.delete('app');
    await dispatcher.look();
    expect(dispatcher.isWorking).toBe(false);
    const stream = `gw:{${platformId}}:events`;
    const length = await world.redis.xlen(stream);
    await world.delivered();
    expect(await world.redis.xlen(stream)).toBe(length);
  });
});

it('a registry that somebody changed and did not live to tell of is told of', async () => {
  const receiver = await world.receiver('app');
  await world.redis.del(`gw:{${platformId}}:events-wanted`);
  await world.redis.incr('gw:{callbacks}:version');
  await world.start();
  await world.delivered();
  await expect.poll(() => receiver.taken.length).toBe(1);
});

/** How often each command was called, those of scripts too. */
async function commands(): Promise<Map<string, number>> {
  const info = await world.redis.info('commandstats');
  return new Map(
    [...info.matchAll(/cmdstat_(\S+?):calls=(\d+)/g)].map(([, name, calls]) => [name!, Number(calls)]),
  );
}
