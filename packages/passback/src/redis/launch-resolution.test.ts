import { setTimeout as delay } from 'node:timers/promises';
import { SCOPES } from '@gradewire/ags';
import { beforeEach, expect, test } from 'vitest';
import { aliasKeyOf, columnKeyOf } from '../cell.ts';
import { type LaunchNews, launchIdOf } from '../launch.ts';
import type { LaunchTarget, Target } from '../target.ts';
import { FakeLineItems } from '../testing/fake-line-items.ts';
import { platformFor, useTestRedis } from '../testing/store-fixture.ts';
import { platformKey } from './keys.ts';
import { LaunchStore } from './launch-store.ts';
import { LineItemResolver } from './line-item-resolver.ts';
import type { Resolution, ResolveInput } from './resolution.ts';

const fixture = useTestRedis();
const platform = platformFor('a');
const launchId = launchIdOf('a', 'course', 'link');
const create = { label: 'Lab 3', scoreMaximum: 10 };
const scopes = [SCOPES.lineItem, SCOPES.lineItemReadonly];
const day = 86_400_000;
let course: FakeLineItems;
let clock: number;
beforeEach(() => {
  course = new FakeLineItems();
  clock = 1_000;
});

const newResolver = () => new LineItemResolver({ redis: fixture.client(), send: course.send });
const launches = () => new LaunchStore({ redis: fixture.redis, cellRetentionMs: 400 * day });

/** A launch of the link, later than those before. */
async function launched(told: Partial<LaunchNews>): Promise<void> {
  clock += 1_000;
  const place = { contextId: 'course', resourceLinkId: 'link' };
  await launches().put({ id: launchId, platformId: 'a', ...place, updatedAt: clock, ...told });
}

const inputFor = (target: Target, more: Partial<ResolveInput> = {}): ResolveInput => ({
  platform,
  target,
  accessToken: async () => ({
    ok: true,
    token: { id: 't', accessToken: 't', scopes, expiresAtMs: Date.now() + 3_600_000 },
  }),
  dropToken: async () => {},
  ...more,
});

async function resolve(
  target: Omit<LaunchTarget, 'launchId'> = {},
  more: Partial<ResolveInput> = {},
  resolver = newResolver(),
): Promise<Resolution> {
  const input = inputFor({ launchId, ...target }, more);
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const result = await resolver.resolve(input);
    if (result.kind !== 'wait') return result;
    await delay(Math.max(0, result.retryAtMs - Date.now()));
  }
  throw new Error('never known');
}

const reasonOf = (result: Resolution) =>
  result.kind === 'failed' && 'reason' in result.outcome ? result.outcome.reason : result.kind;
const urlOf = (result: Resolution) => (result.kind === 'resolved' ? result.lineItemUrl : reasonOf(result));
const boundTo = (target: Target) => fixture.redis.get(platformKey('a', 'alias', aliasKeyOf(target)!));

test("the launch's line item needs no look-up, and later scores are at its column from the start", async () => {
  const { id } = course.add({ resourceLinkId: 'link' });
  await launched({ lineItemUrl: id, lineItemsUrl: course.url });
  expect(await resolve({ create })).toEqual({
    kind: 'resolved',
    lineItemUrl: id,
    column: columnKeyOf(id),
    created: false,
  });
  expect(course.lists).toBe(0);
  expect(await boundTo({ launchId })).toBe(columnKeyOf(id));
  expect(await fixture.redis.hget(platformKey('a', 'column', columnKeyOf(id)), 'url')).toBe(id);
});

test('a placement without a line item: the one on the link is found, and known from then on', async () => {
  const { id } = course.add({ resourceLinkId: 'link' });
  course.add({ resourceLinkId: 'other' });
  await launched({ lineItemsUrl: course.url });
  expect(urlOf(await resolve())).toBe(id);
  expect(await launches().get('a', launchId)).toMatchObject({ lineItemUrl: id });
  expect(urlOf(await resolve())).toBe(id);
  expect(course.lists).toBe(1);
});

test('a placement without a line item: one is made if asked for, on the link, and once for many who race', async () => {
  await launched({ lineItemsUrl: course.url });
  expect(reasonOf(await resolve())).toBe('LINE_ITEM_NOT_FOUND');
  course.latencyMs = 20;
  const resolvers = [newResolver(), newResolver(), newResolver()];
  const found = await Promise.all(
    resolvers.flatMap((resolver) => Array.from({ length: 10 }, () => resolve({ create }, {}, resolver))),
  );
  expect(course.items).toMatchObject([{ label: 'Lab 3', resourceLinkId: 'link', resourceId: 'link' }]);
  expect(new Set(found.map(urlOf))).toEqual(new Set([course.items[0]!.id]));
  expect(found.filter((one) => one.kind === 'resolved' && one.created)).toHaveLength(1);
});

test('a launch and a resource that mean one column make one', async () => {
  await launched({ lineItemsUrl: course.url });
  course.latencyMs = 20;
  const byResource = inputFor({ lineItemsUrl: course.url, resourceLinkId: 'link', create });
  const other = newResolver();
  const asResource = async () => {
    for (;;) {
      const result = await other.resolve(byResource);
      if (result.kind !== 'wait') return result;
      await delay(Math.max(0, result.retryAtMs - Date.now()));
    }
  };
  const found = await Promise.all([resolve({ create }), asResource(), resolve({ create }), asResource()]);
  expect(course.items).toHaveLength(1);
  expect(new Set(found.map(urlOf))).toEqual(new Set([course.items[0]!.id]));
});

test('with a resourceId it is the column of that, although the link has another one', async () => {
  const first = course.add({ resourceLinkId: 'link', resourceId: 'quiz-1' });
  await launched({ lineItemUrl: first.id, lineItemsUrl: course.url });
  expect(urlOf(await resolve({ resourceId: 'quiz-1' }))).toBe(first.id);
  expect(reasonOf(await resolve({ resourceId: 'quiz-2' }))).toBe('LINE_ITEM_NOT_FOUND');
  const second = urlOf(await resolve({ resourceId: 'quiz-2', create }));
  expect(second).not.toBe(first.id);
  expect(course.items[1]).toMatchObject({ id: second, resourceLinkId: 'link', resourceId: 'quiz-2' });
  expect(urlOf(await resolve({ resourceId: 'quiz-2', create }))).toBe(second);
  expect(await launches().get('a', launchId)).toMatchObject({ lineItemUrl: first.id });
  expect(course.items).toHaveLength(2);
});

test('a line item that is gone is looked for on the link, and the new one is known', async () => {
  const gone = 'https://a.example/lineitems/gone';
  const { id } = course.add({ resourceLinkId: 'link' });
  await launched({ lineItemUrl: gone, lineItemsUrl: course.url });
  const resolver = newResolver();
  expect(urlOf(await resolve({}, {}, resolver))).toBe(gone);
  await resolver.forget(platform, { launchId }, columnKeyOf(gone));
  expect(urlOf(await resolve({}, { gone }, resolver))).toBe(id);
  expect(urlOf(await resolve({}, {}, resolver))).toBe(id);
});

test('what the last launch told counts, also after another was looked up', async () => {
  const first = course.add({ resourceLinkId: 'link' });
  await launched({ lineItemsUrl: course.url });
  const resolver = newResolver();
  expect(urlOf(await resolve({}, {}, resolver))).toBe(first.id);
  const { id } = course.add({ resourceLinkId: 'link' });
  await launched({ lineItemUrl: id });
  expect(await resolver.hasMoved(platform, { launchId }, first.id)).toBe(true);
  expect(await resolver.hasMoved(platform, { launchId }, id)).toBe(false);
  expect(await resolver.hasMoved(platform, { lineItemUrl: first.id }, first.id)).toBe(false);
  await resolver.forget(platform, { launchId }, columnKeyOf(first.id));
  expect(urlOf(await resolve({}, {}, resolver))).toBe(id);
});

test('a platform that moved is asked at its new address', async () => {
  const target = { resourceId: 'quiz' };
  const resolver = newResolver();
  course.add({ id: 'https://old.example/items/1', resourceId: 'quiz' });
  await launched({ lineItemsUrl: 'https://old.example/items' });
  const before = { platform: platformFor('a', { serviceOrigins: ['https://old.example'] }) };
  expect(urlOf(await resolve(target, before, resolver))).toBe('https://old.example/items/1');
  expect(reasonOf(await resolve(target, {}, resolver))).toBe('ORIGIN_NOT_ALLOWED');

  course.items.length = 0;
  const { id } = course.add({ resourceId: 'quiz' });
  await launched({ lineItemsUrl: course.url });
  expect(await resolver.hasMoved(platform, { launchId, ...target }, 'https://old.example/items/1')).toBe(
    true,
  );
  await resolver.forget(platform, { launchId, ...target });
  expect(urlOf(await resolve(target, {}, resolver))).toBe(id);
});

test.each<[string, Partial<LaunchNews>, string]>([
  ['no grade service', { membershipsUrl: 'https://a.example/members' }, 'NO_GRADE_SERVICE'],
  ['a line item elsewhere', { lineItemUrl: 'https://evil.example/items/1' }, 'ORIGIN_NOT_ALLOWED'],
  ['a list elsewhere', { lineItemsUrl: 'https://evil.example/items' }, 'ORIGIN_NOT_ALLOWED'],
])('a launch with %s sends no token anywhere', async (_, told, reason) => {
  await launched(told);
  expect(reasonOf(await resolve({ create }))).toBe(reason);
  expect(course.lists).toBe(0);
  expect(await boundTo({ launchId })).toBeNull();
});

test('a launch that is not known any more', async () => {
  expect(await resolve()).toMatchObject({
    kind: 'failed',
    outcome: { reason: 'LINE_ITEM_NOT_FOUND', detail: expect.stringContaining('launch is not known') },
  });
});
