import { setTimeout as delay } from 'node:timers/promises';
import { SCOPES } from '@gradewire/ags';
import { describe, expect, test } from 'vitest';
import type { LineItemsTarget } from '../target.ts';
import type { Fault } from '../testing/fake-line-items.ts';
import {
  create,
  inputFor,
  later,
  reasonOf,
  soon,
  tokenResult,
  untilKnown,
  useResolvers,
} from '../testing/resolver-fixture.ts';
import { platformFor } from '../testing/store-fixture.ts';

const room = useResolvers();
const { newResolver, targetOf } = room;

describe('creating', () => {
  test('what is made has the link, and its id as resourceId', async () => {
    const target = targetOf({
      tag: 'final',
      create: { ...create, extensions: { 'https://x.example/e': 1 } },
    });
    const result = await newResolver().resolve(inputFor(target));
    expect(result).toMatchObject({ kind: 'resolved', created: true });
    expect(room.course.items).toMatchObject([
      { ...create, resourceLinkId: 'link', resourceId: 'link', tag: 'final', 'https://x.example/e': 1 },
    ]);
    expect(room.course.items[0]).not.toHaveProperty('extensions');
    const [column] = await room.redis.keys('gw:{a}:column:*');
    expect(await room.redis.hget(column!, 'created')).toBe('1');
  });

  test('one column for 90 who race in three processes, and one of them made it', async () => {
    room.course.latencyMs = 20;
    const resolvers = [newResolver(), newResolver(), newResolver()];
    const known = await Promise.all(
      resolvers.flatMap((resolver) =>
        Array.from({ length: 30 }, () => untilKnown(resolver, inputFor(targetOf()))),
      ),
    );
    expect(room.course.items).toHaveLength(1);
    expect(known.filter(({ result }) => result.kind === 'resolved' && result.created)).toHaveLength(1);
  });

  test('targets that mean one column in different words make one', async () => {
    room.course.latencyMs = 15;
    const targets = [
      targetOf(),
      targetOf({ resourceId: 'link' }),
      targetOf({ resourceId: 'link', tag: 't' }),
    ];
    await Promise.all(targets.map((target) => untilKnown(newResolver(later), inputFor(target))));
    expect(room.course.items).toHaveLength(1);
  });

  test('different columns do not wait for each other', async () => {
    const links = ['a', 'b', 'c', 'd'];
    const allList = Promise.withResolvers<void>();
    let listing = 0;
    const send = async (request: Parameters<typeof room.course.send>[0]) => {
      if (request.method === 'GET' && ++listing === links.length) allList.resolve();
      await allList.promise;
      return await room.course.send(request);
    };
    await Promise.all(
      links.map((link) => untilKnown(newResolver({ send }), inputFor(targetOf({ resourceLinkId: link })))),
    );
    expect(room.course.items).toHaveLength(4);
  });

  test.each([404, 412, 422, 403])('a link refused by %d is left out', async (status) => {
    room.course.refusesLink = { status, body: '{}' };
    expect(await newResolver().resolve(inputFor(targetOf()))).toMatchObject({
      kind: 'resolved',
      created: true,
    });
    expect(room.course.items).toMatchObject([{ resourceId: 'link' }]);
    expect(room.course.items[0]).not.toHaveProperty('resourceLinkId');
    const again = await newResolver().resolve(inputFor(targetOf()));
    expect(again).toMatchObject({ lineItemUrl: room.course.items[0]!.id, created: false });
  });

  test('throttling is no refusal of the link', async () => {
    room.course.refusesLink = { status: 403, body: '403 Forbidden (Rate Limit Exceeded)' };
    const result = await newResolver().resolve(inputFor(targetOf()));
    expect(result).toMatchObject({ kind: 'failed', outcome: { kind: 'throttled' } });
    expect(room.course.creates).toBe(1);
  });

  test('Blackboard is not told of the link', async () => {
    const blackboard = platformFor('a', { profile: 'blackboard' });
    await newResolver().resolve(inputFor(targetOf(), { platform: blackboard }));
    expect(room.course.items[0]).not.toHaveProperty('resourceLinkId');
  });

  test('a column that Moodle cannot hold is not asked for: it would answer as if it were down', async () => {
    const moodle = platformFor('a', { profile: 'moodle' });
    const target = targetOf({ create: { label: 'Lab 3', scoreMaximum: 10_000_000 } });
    const result = await newResolver().resolve(inputFor(target, { platform: moodle }));
    expect(reasonOf(result)).toBe('CANNOT_CREATE_LINE_ITEM');
    expect(room.course.creates).toBe(0);
  });

  test('without the scope nothing is tried', async () => {
    const accessToken = async () => tokenResult('t', [SCOPES.lineItemReadonly]);
    const result = await newResolver().resolve(inputFor(targetOf(), { accessToken }));
    expect(reasonOf(result)).toBe('CANNOT_CREATE_LINE_ITEM');
    expect(room.course.creates).toBe(0);
  });

  test('without the scope to look, nobody’s token is put to a refusal', async () => {
    const accessToken = async () => tokenResult('t', [SCOPES.score]);
    const result = await newResolver().resolve(inputFor(targetOf(), { accessToken }));
    expect(reasonOf(result)).toBe('SCOPE_NOT_GRANTED');
    expect(room.course.lists).toBe(0);
  });

  test('a refusal is a dead letter and leaves no doubt', async () => {
    room.course.faults.push({ kind: 'status', status: 400, body: '{"message":"label is too odd"}' });
    const target = targetOf();
    const result = await newResolver().resolve(inputFor(target));
    expect(result).toMatchObject({ kind: 'failed', outcome: { kind: 'dead', httpStatus: 400 } });
    expect(await newResolver().resolve(inputFor(target))).toMatchObject({ kind: 'resolved', created: true });
  });
});

describe('an answer that never came', () => {
  test.each([
    ['lost on the way back', { kind: 'lost' } as const],
    ['a 502 after the column was made', { kind: 'status', status: 502, applied: true } as const],
    [
      'a 201 with a page in place of the line item',
      { kind: 'status', status: 201, body: '<html>', applied: true } as const,
    ],
  ])('%s: the next look finds the column', async (_, fault) => {
    room.course.faults.push(fault);
    const { result, results } = await untilKnown(newResolver(), inputFor(targetOf()));
    expect(results[0]).toMatchObject({ kind: 'failed', outcome: { kind: 'transient', ambiguous: true } });
    expect(result).toMatchObject({ kind: 'resolved', created: true });
    expect(room.course.creates).toBe(1);
    expect(room.course.items).toHaveLength(1);
  });

  test('a platform that goes on for a while: others look again and wait, none creates', async () => {
    room.course.faults.push({ kind: 'slow', afterMs: 200 });
    const resolvers = [newResolver(later), newResolver(later), newResolver(later)];
    const known = await Promise.all(
      resolvers.map(async (resolver, i) => {
        await delay(i * 30);
        return await untilKnown(resolver, inputFor(targetOf()));
      }),
    );
    expect(room.course.creates).toBe(1);
    expect(room.course.items).toHaveLength(1);
    expect(known.flatMap(({ results }) => results).some(({ kind }) => kind === 'wait')).toBe(true);
    expect(known.filter(({ result }) => result.kind === 'resolved' && result.created)).toHaveLength(1);
  });

  test('in doubt for another in other words: waits for that one', async () => {
    room.course.faults.push({ kind: 'slow', afterMs: 200 });
    const first = newResolver(later).resolve(inputFor(targetOf()));
    await expect.poll(() => room.course.creates).toBe(1);
    await untilKnown(newResolver(later), inputFor(targetOf({ resourceId: 'link' })));
    await first;
    expect(room.course.creates).toBe(1);
  });

  test('once the platform can no longer be at it, it is created again', async () => {
    room.course.faults.push({ kind: 'status', status: 504 });
    const start = Date.now();
    await untilKnown(newResolver(soon), inputFor(targetOf()));
    expect(Date.now() - start).toBeGreaterThan(280);
    expect(room.course.creates).toBe(2);
    expect(room.course.items).toHaveLength(1);
  });

  test('a request that never left leaves no doubt', async () => {
    room.course.faults.push({ kind: 'neverArrives' });
    const resolver = newResolver();
    expect(await resolver.resolve(inputFor(targetOf()))).toMatchObject({
      outcome: { kind: 'transient', ambiguous: false },
    });
    expect(await resolver.resolve(inputFor(targetOf()))).toMatchObject({ created: true });
  });
});

describe('a process that dies', () => {
  test('before its POST: another creates when doubt has ended', async () => {
    const posts = Promise.withResolvers<void>();
    const dies = newResolver({
      ...soon,
      send: (request: Parameters<typeof room.course.send>[0]) => {
        if (request.method !== 'POST') return room.course.send(request);
        posts.resolve();
        return new Promise(() => {});
      },
    });
    void dies.resolve(inputFor(targetOf())).catch(() => {});
    await posts.promise;
    await untilKnown(newResolver(soon), inputFor(targetOf()));
    expect(room.course.items).toHaveLength(1);
  });

  test('after its POST: another finds what it made', async () => {
    const dies = newResolver({
      ...soon,
      send: async (request: Parameters<typeof room.course.send>[0]) => {
        const answer = await room.course.send(request);
        return request.method === 'POST' ? new Promise(() => {}) : answer;
      },
    });
    void dies.resolve(inputFor(targetOf())).catch(() => {});
    await expect.poll(() => room.course.items).toHaveLength(1);
    expect((await untilKnown(newResolver(), inputFor(targetOf()))).result).toMatchObject({ created: true });
    expect(room.course.creates).toBe(1);
  });

  test('while it listed: it does not create when it wakes up after its lock was taken over', async () => {
    const listed = Promise.withResolvers<void>();
    const wakesUp = Promise.withResolvers<void>();
    const sleeps = newResolver({
      ...soon,
      send: async (request: Parameters<typeof room.course.send>[0]) => {
        const answer = await room.course.send(request);
        listed.resolve();
        if (request.method === 'GET') await wakesUp.promise;
        return answer;
      },
    });
    const asleep = sleeps.resolve(inputFor(targetOf()));
    await listed.promise;
    await untilKnown(newResolver(), inputFor(targetOf()));
    wakesUp.resolve();
    expect(await asleep).toMatchObject({ kind: 'wait' });
    expect(room.course.creates).toBe(1);
  });
});

test('whatever is lost, slow or killed: one column per resource in the end', async () => {
  const kinds: Fault[] = [
    { kind: 'slow', afterMs: 200 },
    { kind: 'lost' },
    { kind: 'neverArrives' },
    { kind: 'slow', afterMs: 100 },
    { kind: 'status', status: 502, applied: true },
    { kind: 'status', status: 503 },
    { kind: 'status', status: 201, body: '<html>', applied: true },
  ];
  room.course.latencyMs = 5;
  room.course.faults.push(...Array.from({ length: 14 }, (_, i) => kinds[i % kinds.length]!));
  const links = ['a', 'b', 'c'];
  const targets = links.flatMap((link) => [
    targetOf({ resourceLinkId: link }),
    targetOf({ resourceLinkId: link, resourceId: link }),
  ]);
  let posts = 0;
  const mortal = () =>
    newResolver({
      ...later,
      // Every fourth POST kills its process, before it is sent or after.
      send: async (request: Parameters<typeof room.course.send>[0]) => {
        const dies = request.method === 'POST' && posts++ % 4 === 0;
        if (dies && posts % 8 === 1) return new Promise(() => {});
        const answer = await room.course.send(request);
        return dies ? new Promise(() => {}) : answer;
      },
    });
  const untilKnownBySomebody = async (target: LineItemsTarget) => {
    for (;;) {
      const attempt = untilKnown(mortal(), inputFor(target));
      const died = delay(1500).then(() => undefined);
      const known = await Promise.race([attempt, died]);
      if (known) return known.result;
    }
  };
  const results = await Promise.all([...targets, ...targets].map(untilKnownBySomebody));
  expect(room.course.items.map(({ resourceLinkId }) => resourceLinkId).sort()).toEqual(links);
  for (const result of results) expect(result.kind).toBe('resolved');
});
