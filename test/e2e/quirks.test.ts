import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { createSimulator, QUIRKS, type QuirkName, type Quirks } from '@gradewire/platform-simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { impatientRetries } from '../support/classroom.ts';
import { type RunningGradewire, startGradewire } from '../support/gradewire.ts';

const settled = { timeoutMs: 60_000, minPollMs: 20, maxPollMs: 100 };

/** What has a say in how a score gets to its column: each single value of each, on a platform that has no other quirk. */
const names: readonly QuirkName[] = [
  'audRule',
  'issMustEqualSub',
  'jtiReplay',
  'iatWindow',
  'scopePolicy',
  'tokenLifetime',
  'tokenForm',
  'tokenHost',
  'contentTypeStrict',
  'acceptExact',
  'authFailureStatus',
  'lineItemUrl',
  'lineItemFilters',
  'linkHeader',
  'createReturns',
  'createRefuses',
  'wholeMaximum',
  'timestampRule',
  'attemptPerPost',
  'appendComments',
  'issuer',
];
// Two scores within one of its seconds want a profile that knows it (Moodle's).
const wantsProfile = 'timestampRule=conflict';
const cases = names
  .flatMap((name) => Object.keys(QUIRKS[name].values).map((value) => ({ name, value })))
  .filter(({ name, value }) => `${name}=${value}` !== wantsProfile);

let redis: TestRedis;
let gradewire: RunningGradewire;

beforeAll(async () => {
  redis = await startTestRedis();
  gradewire = await startGradewire({ redisUrl: redis.url, env: impatientRetries });
});

afterAll(async () => {
  await gradewire[Symbol.asyncDispose]();
  await redis.stop();
});

it.concurrent.each(cases)(
  'with $name=$value a class gets one column, and newer grades past a lost answer and a lost token',
  async ({ name, value }) => {
    const platformId = `${name}-${value}`.toLowerCase();
    const { platforms, batches } = gradewire.client;
    await using simulator = await createSimulator({
      quirks: { [name]: value } as Quirks,
      tool: { clientId: platformId, jwksUrl: `${gradewire.url}/.well-known/jwks.json` },
      courses: [
        { students: 4, lineItems: Array.from({ length: 12 }, (_, n) => ({ resourceId: `other-${n}` })) },
      ],
    });
    const audience = value === 'fixed' && { audience: 'https://api.brightspace.com/auth/token' };
    await platforms.put(platformId, { ...simulator.registration, ...audience } as never);
    const [course] = simulator.courses;
    const hand = async (more: number) => {
      const target = {
        lineItemsUrl: course!.lineItemsUrl,
        resourceId: 'essay',
        tag: 'final',
        create: { label: 'Essay', scoreMaximum: 10 },
      };
      const scores = course!.students.map(({ userId }, i) => {
        return { platformId, userId, target, scoreGiven: i + more, scoreMaximum: 10, comment: `${more}` };
      });
      const { batchId } = await batches.send(scores);
      return (await batches.waitForSettlement(batchId, settled)).counts;
    };
    expect(await hand(1)).toMatchObject({ delivered: 4 });
    simulator.addFault({ match: { endpoint: 'scores' }, count: 1, action: { kind: 'drop', apply: true } });
    simulator.revokeTokens();
    expect(await hand(3)).toMatchObject({ delivered: 4 });
    const columns = simulator.state().lineItems.filter(({ resourceId }) => resourceId === 'essay');
    expect(columns).toHaveLength(1);
    const shown = course!.students.map(({ userId }) => columns[0]!.users[userId]?.score);
    expect(shown).toEqual([3, 4, 5, 6]);
  },
);
