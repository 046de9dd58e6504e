import { beforeEach, describe, expect, test } from 'vitest';
import { aliasKeyOf, columnKeyOf } from '../cell.ts';
import {
  inputFor,
  platform,
  reasonOf,
  tokenResult,
  untilKnown,
  useResolvers,
} from '../testing/resolver-fixture.ts';
import { platformFor } from '../testing/store-fixture.ts';
import { platformKey } from './keys.ts';
import type { TokenResult } from './token-cache.ts';

const room = useResolvers();
const { newResolver, targetOf } = room;

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
    expect(room.course.lists).toBe(0);
  });

  test('an unknown launch is a dead letter', async () => {
    expect(reasonOf(await newResolver().resolve(inputFor({ launchId: 'l' })))).toBe('LINE_ITEM_NOT_FOUND');
  });
});

describe('looking up', () => {
  test('what is there is used, remembered in memory and in Redis', async () => {
    const { id } = room.course.add({ resourceLinkId: 'link', label: 'Lab', scoreMaximum: 5 });
    const target = targetOf();
    const resolver = newResolver();
    const expected = { kind: 'resolved', lineItemUrl: id, column: columnKeyOf(id), created: false };
    expect(await resolver.resolve(inputFor(target))).toEqual(expected);
    expect(await resolver.resolve(inputFor(target))).toEqual(expected);
    expect(await newResolver().resolve(inputFor(target))).toEqual(expected);
    expect(room.course.lists).toBe(1);
    expect(room.course.creates).toBe(0);
    const alias = await room.redis.get(platformKey('a', 'alias', aliasKeyOf(target)!));
    expect(alias).toBe(columnKeyOf(id));
    expect(await room.redis.hgetall(platformKey('a', 'column', alias!))).toEqual({
      url: id,
      label: 'Lab',
      scoreMaximum: '5',
      created: '0',
    });
  });

  test('many at once in several processes list once', async () => {
    room.course.add({ resourceLinkId: 'link' });
    room.course.latencyMs = 50;
    const resolvers = [newResolver(), newResolver(), newResolver()];
    await Promise.all(
      resolvers.flatMap((resolver) =>
        Array.from({ length: 20 }, () => untilKnown(resolver, inputFor(targetOf()))),
      ),
    );
    expect(room.course.lists).toBe(1);
  });

  test('one that is on no link is found by its resourceId', async () => {
    const { id } = room.course.add({ resourceId: 'link' });
    expect(await newResolver().resolve(inputFor(targetOf()))).toMatchObject({ lineItemUrl: id });
  });

  test('none, and none wanted', async () => {
    const { create: _, ...target } = targetOf();
    expect(reasonOf(await newResolver().resolve(inputFor(target)))).toBe('LINE_ITEM_NOT_FOUND');
  });

  test('several that fit are a dead letter, unless one was used before', async () => {
    const first = room.course.add({ resourceLinkId: 'link' });
    const resolver = newResolver();
    await resolver.resolve(inputFor(targetOf()));
    room.course.add({ resourceLinkId: 'link' });
    await resolver.forget(platform, targetOf());
    expect(await resolver.resolve(inputFor(targetOf()))).toMatchObject({
      kind: 'resolved',
      lineItemUrl: first.id,
      warning: expect.stringContaining('2 columns fit'),
    });
    room.course.add({ resourceLinkId: 'other' });
    room.course.add({ resourceLinkId: 'other' });
    const other = await newResolver().resolve(inputFor(targetOf({ resourceLinkId: 'other' })));
    expect(reasonOf(other)).toBe('LINE_ITEM_AMBIGUOUS');
  });

  test('a line item on another origin is refused', async () => {
    room.course.add({ id: 'https://evil.example/1', resourceLinkId: 'link' });
    expect(reasonOf(await newResolver().resolve(inputFor(targetOf())))).toBe('ORIGIN_NOT_ALLOWED');
  });

  test('no token goes to an origin that is no longer the platform’s', async () => {
    room.course.add({ resourceLinkId: 'link' });
    const resolver = newResolver();
    const lineItemUrl = 'https://a.example/lineitems/1';
    const moved = platformFor('a', { serviceOrigins: ['https://new.example'] });
    await resolver.resolve(inputFor(targetOf()));
    for (const target of [targetOf(), targetOf({ resourceLinkId: 'other' }), { lineItemUrl }]) {
      expect(reasonOf(await resolver.resolve(inputFor(target, { platform: moved })))).toBe(
        'ORIGIN_NOT_ALLOWED',
      );
    }
    expect(room.course.lists).toBe(1);
  });

  test.each([
    ['a page of HTML', 200, '<html>login</html>', 'UNEXPECTED_RESPONSE'],
    ['a platform that is down', 503, '', 'PLATFORM_DOWN'],
    ['a course that is gone', 404, '', 'CONTEXT_GONE'],
  ])('%s creates nothing', async (_, status, body, reason) => {
    room.course.listAnswer = { status, body };
    expect(reasonOf(await newResolver().resolve(inputFor(targetOf())))).toBe(reason);
    expect(room.course.creates).toBe(0);
  });
});

describe('tokens', () => {
  let issued: number;
  beforeEach(() => {
    issued = 0;
  });

  test('one that is refused is dropped, and one new one is tried', async () => {
    room.course.validTokens = new Set(['t2']);
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
    room.course.validTokens = new Set();
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
    room.course.items.length = 0;
    await resolver.forget(platform, targetOf());
    const second = await resolver.resolve(inputFor(targetOf()));
    expect(second).toMatchObject({ kind: 'resolved', created: true });
    expect(second).not.toMatchObject({ column: (first as { column: string }).column });
  });

  test('who is late forgets only the column it means', async () => {
    const resolver = newResolver();
    const first = (await resolver.resolve(inputFor(targetOf()))) as { column: string };
    room.course.items.length = 0;
    await resolver.forget(platform, targetOf(), first.column);
    await resolver.resolve(inputFor(targetOf()));
    const { lists } = room.course;
    await newResolver().forget(platform, targetOf(), first.column);
    await newResolver().resolve(inputFor(targetOf()));
    expect(room.course.lists).toBe(lists);
  });
});
