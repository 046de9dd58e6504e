import { setTimeout as delay } from 'node:timers/promises';
import { SCOPES } from '@gradewire/ags';
import { beforeEach, describe, expect, test } from 'vitest';
import { aliasKeyOf, columnKeyOf } from '../cell.ts';
import type { LineItemsTarget, Target } from '../target.ts';
import { FakeLineItems, type Fault } from '../testing/fake-line-items.ts';
import { platformFor, useTestRedis } from '../testing/store-fixture.ts';
import { platformKey } from './keys.ts';
import { LineItemResolver } from './line-item-resolver.ts';
import type { Resolution, ResolveInput } from './resolution.ts';
import type { TokenResult } from './token-cache.ts';

const fixture = useTestRedis();
const platform = platformFor('a');
let course: FakeLineItems;
let issued: number;
beforeEach(() => {
  course = new FakeLineItems();
  issued = 0;
});

const all = [SCOPES.lineItem, SCOPES.lineItemReadonly];
const tokenResult = (accessToken: string, scopes: string[] = all): TokenResult => ({
  ok: true,
  token: { id: accessToken, accessToken, scopes, expiresAtMs: Date.now() + 3_600_000 },
});
/** Doubt and locks end soon for those who wait for that; for the others a busy machine must not end them. */
const soon = { requestTimeoutMs: 150, marginMs: 150 };
const later = { requestTimeoutMs: 400, marginMs: 400 };
const newResolver = (options = {}) =>
  new LineItemResolver({
    redis: fixture.client(),
    send: course.send,
    requestTimeoutMs: 10_000,
    marginMs: 10_000,
    ...options,
  });
const create = { label: 'Lab 3', scoreMaximum: 10 };
const targetOf = (changes: Partial<LineItemsTarget> = {}): LineItemsTarget => ({
  lineItemsUrl: course.url,
  resourceLinkId: 'link',
  create,
  ...changes,
});
const inputFor = (target: Target, changes: Partial<ResolveInput> = {}): ResolveInput => ({
  platform,
  target,
  accessToken: async () => tokenResult('t'),
  dropToken: async () => {},
  ...changes,
});
/** As a lane does: comes back when it is told to, until it is known. */
const untilKnown = async (resolver: LineItemResolver, input: ResolveInput, deadlineMs = 60_000) => {
  const results: Resolution[] = [];
  for (const end = Date.now() + deadlineMs; Date.now() < end; ) {
    const result = await resolver.resolve(input);
    results.push(result);
    if (result.kind === 'resolved') return { result, results };
    if (result.kind === 'failed' && result.outcome.kind !== 'transient') return { result, results };
    await delay(result.kind === 'wait' ? Math.max(0, result.retryAtMs - Date.now()) : 40);
  }
  throw new Error('never known');
};
const reasonOf = (result: Resolution) =>
  result.kind === 'failed' && 'reason' in result.outcome ? result.outcome.reason : result.kind;

describe('a target that needs no look-up', () => {
  test('a line item URL is the column, without a request', async () => {
    const lineItemUrl = 'https://a.example/lineitems/1';
    const result = await newResolver().resolve(inputFor({ lineItemUrl }));
    expect(result).toEqual({
      kind: 'resolved',
      lineItemUrl,
      column: columnKeyOf(lineItemUrl),
      created: false,
    });
    expect(course.lists).toBe(0);
  });

  test('an unknown launch is a dead letter', async () => {
    expect(reasonOf(await newResolver().resolve(inputFor({ launchId: 'l' })))).toBe('LINE_ITEM_NOT_FOUND');
  });
});

describe('looking up', () => {
  test('what is there is used, remembered in memory and in Redis', async () => {
    const { id } = course.add({ resourceLinkId: 'link', label: 'Lab', scoreMaximum: 5 });
    const target = targetOf();
    const resolver = newResolver();
    const expected = { kind: 'resolved', lineItemUrl: id, column: columnKeyOf(id), created: false };
    expect(await resolver.resolve(inputFor(target))).toEqual(expected);
    expect(await resolver.resolve(inputFor(target))).toEqual(expected);
    expect(await newResolver().resolve(inputFor(target))).toEqual(expected);
    expect(course.lists).toBe(1);
    expect(course.creates).toBe(0);
    const alias = await fixture.redis.get(platformKey('a', 'alias', aliasKeyOf(target)!));
    expect(alias).toBe(columnKeyOf(id));
    expect(await fixture.redis.hgetall(platformKey('a', 'column', alias!))).toEqual({
      url: id,
      label: 'Lab',
      scoreMaximum: '5',
      created: '0',
    });
  });

  test('many at once in several processes list once', async () => {
    course.add({ resourceLinkId: 'link' });
    course.latencyMs = 50;
    const resolvers = [newResolver(), newResolver(), newResolver()];
    await Promise.all(
      resolvers.flatMap((resolver) =>
        Array.from({ length: 20 }, () => untilKnown(resolver, inputFor(targetOf()))),
      ),
    );
    expect(course.lists).toBe(1);
  });

  test('one that is on no link is found by its resourceId', async () => {
    const { id } = course.add({ resourceId: 'link' });
    expect(await newResolver().resolve(inputFor(targetOf()))).toMatchObject({ lineItemUrl: id });
  });

  test('none, and none wanted', async () => {
    const { create: _, ...target } = targetOf();
    expect(reasonOf(await newResolver().resolve(inputFor(target)))).toBe('LINE_ITEM_NOT_FOUND');
  });

  test('several that fit are a dead letter, unless one was used before', async () => {
    const first = course.add({ resourceLinkId: 'link' });
    const resolver = newResolver();
    await resolver.resolve(inputFor(targetOf()));
    course.add({ resourceLinkId: 'link' });
    await resolver.forget(platform, targetOf());
    expect(await resolver.resolve(inputFor(targetOf()))).toMatchObject({
      kind: 'resolved',
      lineItemUrl: first.id,
      warning: expect.stringContaining('2 columns fit'),
    });
    course.add({ resourceLinkId: 'other' });
    course.add({ resourceLinkId: 'other' });
    const other = await newResolver().resolve(inputFor(targetOf({ resourceLinkId: 'other' })));
    expect(reasonOf(other)).toBe('LINE_ITEM_AMBIGUOUS');
  });

  test('a line item on another origin is refused', async () => {
    course.add({ id: 'https://evil.example/1', resourceLinkId: 'link' });
    expect(reasonOf(await newResolver().resolve(inputFor(targetOf())))).toBe('ORIGIN_NOT_ALLOWED');
  });

  test('no token goes to an origin that is no longer the platform’s', async () => {
    course.add({ resourceLinkId: 'link' });
    const resolver = newResolver();
    const lineItemUrl = 'https://a.example/lineitems/1';
    const moved = platformFor('a', { serviceOrigins: ['https://new.example'] });
    await resolver.resolve(inputFor(targetOf()));
    for (const target of [targetOf(), targetOf({ resourceLinkId: 'other' }), { lineItemUrl }]) {
      expect(reasonOf(await resolver.resolve(inputFor(target, { platform: moved })))).toBe(
        'ORIGIN_NOT_ALLOWED',
      );
    }
    expect(course.lists).toBe(1);
  });

  test.each([
    ['a page of HTML', 200, '<html>login</html>', 'UNEXPECTED_RESPONSE'],
    ['a platform that is down', 503, '', 'PLATFORM_DOWN'],
    ['a course that is gone', 404, '', 'CONTEXT_GONE'],
  ])('%s creates nothing', async (_, status, body, reason) => {
    course.listAnswer = { status, body };
    expect(reasonOf(await newResolver().resolve(inputFor(targetOf())))).toBe(reason);
    expect(course.creates).toBe(0);
  });
});

describe('creating', () => {
  test('what is made has the link, and its id as resourceId', async () => {
    const target = targetOf({
      tag: 'final',
      create: { ...create, extensions: { 'https://x.example/e': 1 } },
    });
    const result = await newResolver().resolve(inputFor(target));
    expect(result).toMatchObject({ kind: 'resolved', created: true });
    expect(course.items).toMatchObject([
      { ...create, resourceLinkId: 'link', resourceId: 'link', tag: 'final', 'https://x.example/e': 1 },
    ]);
    expect(course.items[0]).not.toHaveProperty('extensions');
    const [column] = await fixture.redis.keys('gw:{a}:column:*');
    expect(await fixture.redis.hget(column!, 'created')).toBe('1');
  });

  test('one column for 90 who race in three processes, and one of them made it', async () => {
    course.latencyMs = 20;
    const resolvers = [newResolver(), newResolver(), newResolver()];
    const known = await Promise.all(
      resolvers.flatMap((resolver) =>
        Array.from({ length: 30 }, () => untilKnown(resolver, inputFor(targetOf()))),
      ),
    );
    expect(course.items).toHaveLength(1);
    expect(known.filter(({ result }) => result.kind === 'resolved' && result.created)).toHaveLength(1);
  });

  test('targets that mean one column in different words make one', async () => {
    course.latencyMs = 15;
    const targets = [
      targetOf(),
      targetOf({ resourceId: 'link' }),
      targetOf({ resourceId: 'link', tag: 't' }),
    ];
    await Promise.all(targets.map((target) => untilKnown(newResolver(later), inputFor(target))));
    expect(course.items).toHaveLength(1);
  });

  test('different columns do not wait for each other', async () => {
    const links = ['a', 'b', 'c', 'd'];
    const allList = Promise.withResolvers<void>();
    let listing = 0;
    const send = async (request: Parameters<typeof course.send>[0]) => {
      if (request.method === 'GET' && ++listing === links.length) allList.resolve();
      await allList.promise;
      return await course.send(request);
    };
    await Promise.all(
      links.map((link) => untilKnown(newResolver({ send }), inputFor(targetOf({ resourceLinkId: link })))),
    );
    expect(course.items).toHaveLength(4);
  });

  test.each([404, 412, 422, 403])('a link refused by %d is left out', async (status) => {
    course.refusesLink = { status, body: '{}' };
    expect(await newResolver().resolve(inputFor(targetOf()))).toMatchObject({
      kind: 'resolved',
      created: true,
    });
    expect(course.items).toMatchObject([{ resourceId: 'link' }]);
    expect(course.items[0]).not.toHaveProperty('resourceLinkId');
    const again = await newResolver().resolve(inputFor(targetOf()));
    expect(again).toMatchObject({ lineItemUrl: course.items[0]!.id, created: false });
  });

  test('throttling is no refusal of the link', async () => {
    course.refusesLink = { status: 403, body: '403 Forbidden (Rate Limit Exceeded)' };
    const result = await newResolver().resolve(inputFor(targetOf()));
    expect(result).toMatchObject({ kind: 'failed', outcome: { kind: 'throttled' } });
    expect(course.creates).toBe(1);
  });

  test('Blackboard is not told of the link', async () => {
    const blackboard = platformFor('a', { profile: 'blackboard' });
    await newResolver().resolve(inputFor(targetOf(), { platform: blackboard }));
    expect(course.items[0]).not.toHaveProperty('resourceLinkId');
  });

  test('a column that Moodle cannot hold is not asked for: it would answer as if it were down', async () => {
    const moodle = platformFor('a', { profile: 'moodle' });
    const target = targetOf({ create: { label: 'Lab 3', scoreMaximum: 10_000_000 } });
    const result = await newResolver().resolve(inputFor(target, { platform: moodle }));
    expect(reasonOf(result)).toBe('CANNOT_CREATE_LINE_ITEM');
    expect(course.creates).toBe(0);
  });

  test('without the scope nothing is tried', async () => {
    const accessToken = async () => tokenResult('t', [SCOPES.lineItemReadonly]);
    const result = await newResolver().resolve(inputFor(targetOf(), { accessToken }));
    expect(reasonOf(result)).toBe('CANNOT_CREATE_LINE_ITEM');
    expect(course.creates).toBe(0);
  });

  test('without the scope to look, nobody’s token is put to a refusal', async () => {
    const accessToken = async () => tokenResult('t', [SCOPES.score]);
    const result = await newResolver().resolve(inputFor(targetOf(), { accessToken }));
    expect(reasonOf(result)).toBe('SCOPE_NOT_GRANTED');
    expect(course.lists).toBe(0);
  });

  test('a refusal is a dead letter and leaves no doubt', async () => {
    course.faults.push({ kind: 'status', status: 400, body: '{"message":"label is too odd"}' });
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
    course.faults.push(fault);
    const { result, results } = await untilKnown(newResolver(), inputFor(targetOf()));
    expect(results[0]).toMatchObject({ kind: 'failed', outcome: { kind: 'transient', ambiguous: true } });
    expect(result).toMatchObject({ kind: 'resolved', created: true });
    expect(course.creates).toBe(1);
    expect(course.items).toHaveLength(1);
  });

  test('a platform that goes on for a while: others look again and wait, none creates', async () => {
    course.faults.push({ kind: 'slow', afterMs: 200 });
    const resolvers = [newResolver(later), newResolver(later), newResolver(later)];
    const known = await Promise.all(
      resolvers.map(async (resolver, i) => {
        await delay(i * 30);
        return await untilKnown(resolver, inputFor(targetOf()));
      }),
    );
    expect(course.creates).toBe(1);
    expect(course.items).toHaveLength(1);
    expect(known.flatMap(({ results }) => results).some(({ kind }) => kind === 'wait')).toBe(true);
    expect(known.filter(({ result }) => result.kind === 'resolved' && result.created)).toHaveLength(1);
  });

  test('in doubt for another in other words: waits for that one', async () => {
    course.faults.push({ kind: 'slow', afterMs: 200 });
    const first = newResolver(later).resolve(inputFor(targetOf()));
    await expect.poll(() => course.creates).toBe(1);
    await untilKnown(newResolver(later), inputFor(targetOf({ resourceId: 'link' })));
    await first;
    expect(course.creates).toBe(1);
  });

  test('once the platform can no longer be at it, it is created again', async () => {
    course.faults.push({ kind: 'status', status: 504 });
    const start = Date.now();
    await untilKnown(newResolver(soon), inputFor(targetOf()));
    expect(Date.now() - start).toBeGreaterThan(280);
    expect(course.creates).toBe(2);
    expect(course.items).toHaveLength(1);
  });

  test('a request that never left leaves no doubt', async () => {
    course.faults.push({ kind: 'neverArrives' });
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
      send: (request: Parameters<typeof course.send>[0]) => {
        if (request.method !== 'POST') return course.send(request);
        posts.resolve();
        return new Promise(() => {});
      },
    });
    void dies.resolve(inputFor(targetOf())).catch(() => {});
    await posts.promise;
    await untilKnown(newResolver(soon), inputFor(targetOf()));
    expect(course.items).toHaveLength(1);
  });

  test('after its POST: another finds what it made', async () => {
    const dies = newResolver({
      ...soon,
      send: async (request: Parameters<typeof course.send>[0]) => {
        const answer = await course.send(request);
        return request.method === 'POST' ? new Promise(() => {}) : answer;
      },
    });
    void dies.resolve(inputFor(targetOf())).catch(() => {});
    await expect.poll(() => course.items).toHaveLength(1);
    expect((await untilKnown(newResolver(), inputFor(targetOf()))).result).toMatchObject({ created: true });
    expect(course.creates).toBe(1);
  });

  test('while it listed: it does not create when it wakes up after its lock was taken over', async () => {
    const listed = Promise.withResolvers<void>();
    const wakesUp = Promise.withResolvers<void>();
    const sleeps = newResolver({
      ...soon,
      send: async (request: Parameters<typeof course.send>[0]) => {
        const answer = await course.send(request);
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
    expect(course.creates).toBe(1);
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
  course.latencyMs = 5;
  course.faults.push(...Array.from({ length: 14 }, (_, i) => kinds[i % kinds.length]!));
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
      send: async (request: Parameters<typeof course.send>[0]) => {
        const dies = request.method === 'POST' && posts++ % 4 === 0;
        if (dies && posts % 8 === 1) return new Promise(() => {});
        const answer = await course.send(request);
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
  expect(course.items.map(({ resourceLinkId }) => resourceLinkId).sort()).toEqual(links);
  for (const result of results) expect(result.kind).toBe('resolved');
});

describe('tokens', () => {
  test('one that is refused is dropped, and one new one is tried', async () => {
    course.validTokens = new Set(['t2']);
    const dropped: string[] = [];
    const result = await newResolver().resolve(
      inputFor(targetOf(), {
        accessToken: async () => tokenResult(`t${++issued}`),
        dropToken: async (_, id) => {
          dropped.push(id);
        },
      }),
    );
    expect(result).toMatchObject({ kind: 'resolved', created: true });
    expect(dropped).toEqual(['t1']);
  });

  test('refused twice it is a dead letter', async () => {
    course.validTokens = new Set();
    const accessToken = async () => tokenResult(`t${++issued}`);
    expect(reasonOf(await newResolver().resolve(inputFor(targetOf(), { accessToken })))).toBe('UNAUTHORIZED');
    expect(issued).toBe(2);
  });

  test('no token for now means to wait; a refusal of the token endpoint is classified', async () => {
    const retryAtMs = Date.now() + 5000;
    const exhausted = async (): Promise<TokenResult> => ({ ok: false, budgetExhausted: true, retryAtMs });
    expect(await newResolver().resolve(inputFor(targetOf(), { accessToken: exhausted }))).toEqual({
      kind: 'wait',
      retryAtMs,
    });
    const refused = async (): Promise<TokenResult> => ({
      ok: false,
      answer: {
        kind: 'response',
        stage: 'token',
        status: 400,
        reasonPhrase: '',
        headers: {},
        body: '{"error":"invalid_client"}',
        truncated: false,
        durationMs: 1,
      },
    });
    expect(await newResolver().resolve(inputFor(targetOf(), { accessToken: refused }))).toMatchObject({
      kind: 'failed',
      stage: 'token',
      outcome: { kind: 'holdCredentials' },
    });
  });
});

describe('forget', () => {
  test('a column that is gone is looked for, and made anew', async () => {
    const resolver = newResolver();
    const first = await resolver.resolve(inputFor(targetOf()));
    course.items.length = 0;
    await resolver.forget(platform, targetOf());
    const second = await resolver.resolve(inputFor(targetOf()));
    expect(second).toMatchObject({ kind: 'resolved', created: true });
    expect(second).not.toMatchObject({ column: (first as { column: string }).column });
  });

  test('who is late forgets only the column it means', async () => {
    const resolver = newResolver();
    const first = (await resolver.resolve(inputFor(targetOf()))) as { column: string };
    course.items.length = 0;
    await resolver.forget(platform, targetOf(), first.column);
    await resolver.resolve(inputFor(targetOf()));
    const { lists } = course;
    await newResolver().forget(platform, targetOf(), first.column);
    await newResolver().resolve(inputFor(targetOf()));
    expect(course.lists).toBe(lists);
  });
});
