import { setTimeout as delay } from 'node:timers/promises';
import { SCOPES } from '@gradewire/ags';
import type { Redis } from 'ioredis';
import { beforeEach } from 'vitest';
import { LineItemResolver } from '../redis/line-item-resolver.ts';
import type { Resolution, ResolveInput } from '../redis/resolution.ts';
import type { TokenResult } from '../redis/token-cache.ts';
import type { LineItemsTarget, Target } from '../target.ts';
import { FakeLineItems } from './fake-line-items.ts';
import { platformFor, useTestRedis } from './store-fixture.ts';

export const platform = platformFor('a');
/** Doubt and locks end soon for those who wait for that; for the others a busy machine must not end them. */
export const soon = { requestTimeoutMs: 150, marginMs: 150 };
export const later = { requestTimeoutMs: 400, marginMs: 400 };
export const create = { label: 'Lab 3', scoreMaximum: 10 };

const all = [SCOPES.lineItem, SCOPES.lineItemReadonly];

/** A course's line items, none before each test, and resolvers that look there. */
export interface ResolverFixture {
  readonly redis: Redis;
  readonly course: FakeLineItems;
  newResolver(options?: Partial<ConstructorParameters<typeof LineItemResolver>[0]>): LineItemResolver;
  targetOf(changes?: Partial<LineItemsTarget>): LineItemsTarget;
}

/** Registers the hooks; the members are there inside of tests. */
export function useResolvers(): ResolverFixture {
  const fixture = useTestRedis();
  let course: FakeLineItems;
  beforeEach(() => {
    course = new FakeLineItems();
  });
  return {
    get redis() {
      return fixture.redis;
    },
    get course() {
      return course;
    },
    newResolver: (options = {}) =>
      new LineItemResolver({
        redis: fixture.client(),
        send: course.send,
        requestTimeoutMs: 10_000,
        marginMs: 10_000,
        ...options,
      }),
    targetOf: (changes = {}) => ({
      lineItemsUrl: course.url,
      resourceLinkId: 'link',
      create,
      ...changes,
    }),
  };
}

export function tokenResult(accessToken: string, scopes: string[] = all): TokenResult {
  return { ok: true, token: { id: accessToken, accessToken, scopes, expiresAtMs: Date.now() + 3_600_000 } };
}

export function inputFor(target: Target, changes: Partial<ResolveInput> = {}): ResolveInput {
  return {
    platform,
    target,
    accessToken: async () => tokenResult('t'),
    dropToken: async () => {},
    ...changes,
  };
}

/** As a lane does: comes back when it is told to, until it is known. */
export async function untilKnown(
  resolver: LineItemResolver,
  input: ResolveInput,
): Promise<{ result: Resolution; results: Resolution[] }> {
  const results: Resolution[] = [];
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const result = await resolver.resolve(input);
    results.push(result);
    if (result.kind === 'resolved') return { result, results };
    if (result.kind === 'failed' && result.outcome.kind !== 'transient') return { result, results };
    await delay(result.kind === 'wait' ? Math.max(0, result.retryAtMs - Date.now()) : 40);
  }
  throw new Error('never known');
}

export const reasonOf = (result: Resolution): string =>
  result.kind === 'failed' && 'reason' in result.outcome ? result.outcome.reason : result.kind;
