import { expect, test } from 'vitest';
import { createGradewire, type Gradewire } from './client.ts';
import { type FakeApi, startFakeApi } from './testing/fake-api.ts';
import type { ScoreInput } from './types/score.ts';
import type { WebhookSourceInput } from './types/webhook-source.ts';

const clientOf = (api: FakeApi) =>
  createGradewire({ baseUrl: api.url, apiKey: 'gw_test', sleep: async () => {}, random: () => 0 });

const score: ScoreInput = {
  platformId: 'moodle',
  userId: '42',
  target: { lineItemUrl: 'https://lms.example/li/1' },
  scoreGiven: 8,
  scoreMaximum: 10,
};

const source: WebhookSourceInput = {
  platformId: 'm',
  scheme: 'github',
  secrets: ['0123456789abcdef'],
  adapter: 'github-classroom',
  target: { launchId: 'la_m_1', perAssignment: true, create: {} },
};

const calls: { call: (gw: Gradewire) => Promise<unknown>; method: string; url: string; body?: unknown }[] = [
  { call: (gw) => gw.platforms.get('a/b'), method: 'GET', url: '/v1/platforms/a%2Fb' },
  { call: (gw) => gw.platforms.list({ limit: 2 }), method: 'GET', url: '/v1/platforms?limit=2' },
  { call: (gw) => gw.platforms.delete('m'), method: 'DELETE', url: '/v1/platforms/m' },
  { call: (gw) => gw.platforms.check('m'), method: 'POST', url: '/v1/platforms/m/check' },
  {
    call: (gw) => gw.platforms.check('m', { lineItemsUrl: 'https://lms.example/lis' }),
    method: 'POST',
    url: '/v1/platforms/m/check',
    body: { lineItemsUrl: 'https://lms.example/lis' },
  },
  {
    call: (gw) => gw.platforms.put('m', { name: 'M', clientId: 'c' }),
    method: 'PUT',
    url: '/v1/platforms/m',
    body: { name: 'M', clientId: 'c' },
  },
  { call: (gw) => gw.scores.send(score), method: 'POST', url: '/v1/scores', body: score },
  { call: (gw) => gw.scores.get('sc_1'), method: 'GET', url: '/v1/scores/sc_1' },
  {
    call: (gw) => gw.scores.list({ platformId: 'm', status: 'dead' }),
    method: 'GET',
    url: '/v1/scores?platformId=m&status=dead',
  },
  { call: (gw) => gw.scores.cancel('sc_1'), method: 'DELETE', url: '/v1/scores/sc_1' },
  {
    call: (gw) => gw.batches.send([score]),
    method: 'POST',
    url: '/v1/scores/batch',
    body: { scores: [score] },
  },
  {
    call: (gw) => gw.launches.create({ platformId: 'm', idToken: 'a.b.c' }),
    method: 'POST',
    url: '/v1/launches',
    body: { platformId: 'm', idToken: 'a.b.c' },
  },
  { call: (gw) => gw.launches.get('la_m_1'), method: 'GET', url: '/v1/launches/la_m_1' },
  {
    call: (gw) => gw.members.list({ platformId: 'm', launchId: 'la_m_1', role: 'Learner' }),
    method: 'GET',
    url: '/v1/members?platformId=m&launchId=la_m_1&role=Learner',
  },
  {
    call: (gw) => gw.members.list({ platformId: 'm', membershipsUrl: 'https://lms.example/1' }),
    method: 'GET',
    url: '/v1/members?platformId=m&membershipsUrl=https%3A%2F%2Flms.example%2F1',
  },
  {
    call: (gw) => gw.results.list({ platformId: 'm', lineItemUrl: 'https://lms.example/1', userId: 'a b' }),
    method: 'GET',
    url: '/v1/results?platformId=m&lineItemUrl=https%3A%2F%2Flms.example%2F1&userId=a+b',
  },
  {
    call: (gw) => gw.lineItems.list({ platformId: 'm', launchId: 'la_m_1', tag: 't' }),
    method: 'GET',
    url: '/v1/line-items?platformId=m&launchId=la_m_1&tag=t',
  },
  {
    call: (gw) => gw.lineItems.duplicates({ platformId: 'm', launchId: 'la_m_1' }),
    method: 'GET',
    url: '/v1/line-items/duplicates?platformId=m&launchId=la_m_1',
  },
  {
    call: (gw) => gw.lineItems.adopt({ platformId: 'm', launchId: 'la_m_1', lineItemUrl: 'https://x/1' }),
    method: 'POST',
    url: '/v1/line-items/adopt',
    body: { platformId: 'm', launchId: 'la_m_1', lineItemUrl: 'https://x/1' },
  },
  {
    call: (gw) => gw.lineItems.update({ platformId: 'm', lineItemUrl: 'https://x/1', endDateTime: null }),
    method: 'PUT',
    url: '/v1/line-items',
    body: { platformId: 'm', lineItemUrl: 'https://x/1', endDateTime: null },
  },
  {
    call: (gw) => gw.lineItems.delete({ platformId: 'm', lineItemUrl: 'https://x/1' }),
    method: 'DELETE',
    url: '/v1/line-items?platformId=m&lineItemUrl=https%3A%2F%2Fx%2F1',
  },
  {
    call: (gw) => gw.lineItems.delete({ platformId: 'm', lineItemUrl: 'https://x/1', force: true }),
    method: 'DELETE',
    url: '/v1/line-items?platformId=m&lineItemUrl=https%3A%2F%2Fx%2F1&force=true',
  },
  { call: (gw) => gw.batches.get('b1'), method: 'GET', url: '/v1/batches/b1' },
  {
    call: (gw) => gw.deadLetters.list({ platformId: 'm', reason: 'GRADE_LOCKED' }),
    method: 'GET',
    url: '/v1/dead-letters?platformId=m&reason=GRADE_LOCKED',
  },
  { call: (gw) => gw.deadLetters.summary(), method: 'GET', url: '/v1/dead-letters/summary' },
  { call: (gw) => gw.deadLetters.replay('sc_1'), method: 'POST', url: '/v1/dead-letters/sc_1/replay' },
  {
    call: (gw) => gw.deadLetters.discard('sc_1', 'left'),
    method: 'POST',
    url: '/v1/dead-letters/sc_1/discard',
    body: { note: 'left' },
  },
  {
    call: (gw) => gw.replays.start({ filter: { platformId: 'm' }, ratePerSecond: 5 }),
    method: 'POST',
    url: '/v1/replays',
    body: { filter: { platformId: 'm' }, ratePerSecond: 5 },
  },
  {
    call: (gw) => gw.replays.count({ scoreIds: ['sc_1'] }),
    method: 'POST',
    url: '/v1/replays',
    body: { scoreIds: ['sc_1'], dryRun: true },
  },
  { call: (gw) => gw.replays.get('r1'), method: 'GET', url: '/v1/replays/r1' },
  { call: (gw) => gw.replays.cancel('r1'), method: 'DELETE', url: '/v1/replays/r1' },
  { call: (gw) => gw.lanes.list(), method: 'GET', url: '/v1/lanes' },
  { call: (gw) => gw.lanes.get('m'), method: 'GET', url: '/v1/lanes/m' },
  { call: (gw) => gw.lanes.pause('m'), method: 'POST', url: '/v1/lanes/m/pause' },
  { call: (gw) => gw.lanes.resume('m'), method: 'POST', url: '/v1/lanes/m/resume' },
  {
    call: (gw) => gw.webhookSources.put('ci', source),
    method: 'PUT',
    url: '/v1/webhook-sources/ci',
    body: source,
  },
  { call: (gw) => gw.webhookSources.get('a/b'), method: 'GET', url: '/v1/webhook-sources/a%2Fb' },
  { call: (gw) => gw.webhookSources.list({ limit: 2 }), method: 'GET', url: '/v1/webhook-sources?limit=2' },
  { call: (gw) => gw.webhookSources.delete('ci'), method: 'DELETE', url: '/v1/webhook-sources/ci' },
  {
    call: (gw) => gw.webhookSources.delete('ci', { force: true }),
    method: 'DELETE',
    url: '/v1/webhook-sources/ci?force=true',
  },
  {
    call: (gw) => gw.webhookSources.delivery('ci', 'wd_1'),
    method: 'GET',
    url: '/v1/webhook-sources/ci/deliveries/wd_1',
  },
  { call: (gw) => gw.unmatched.list('ci'), method: 'GET', url: '/v1/webhook-sources/ci/unmatched' },
  {
    call: (gw) => gw.unmatched.replay('ci'),
    method: 'POST',
    url: '/v1/webhook-sources/ci/unmatched/replay',
    body: {},
  },
  {
    call: (gw) => gw.unmatched.replay('ci', { deliveryIds: ['wd_1'] }),
    method: 'POST',
    url: '/v1/webhook-sources/ci/unmatched/replay',
    body: { deliveryIds: ['wd_1'] },
  },
  {
    call: (gw) => gw.unmatched.discard('ci', 'wd_1.0', 'a test'),
    method: 'POST',
    url: '/v1/webhook-sources/ci/unmatched/wd_1.0/discard',
    body: { note: 'a test' },
  },
  {
    call: (gw) => gw.identities.put('m', [{ identity: { github: 'ada' }, userId: '7' }]),
    method: 'PUT',
    url: '/v1/identities',
    body: { platformId: 'm', identities: [{ identity: { github: 'ada' }, userId: '7' }] },
  },
  {
    call: (gw) => gw.identities.list({ platformId: 'm' }),
    method: 'GET',
    url: '/v1/identities?platformId=m',
  },
  {
    call: (gw) => gw.identities.delete('m', { senderId: 'a b' }),
    method: 'DELETE',
    url: '/v1/identities?platformId=m&senderId=a+b',
  },
  {
    call: (gw) => gw.callbacks.put('app', { url: 'https://app.example/hook', events: ['score.dead'] }),
    method: 'PUT',
    url: '/v1/callbacks/app',
    body: { url: 'https://app.example/hook', events: ['score.dead'] },
  },
  { call: (gw) => gw.callbacks.get('app'), method: 'GET', url: '/v1/callbacks/app' },
  { call: (gw) => gw.callbacks.list(), method: 'GET', url: '/v1/callbacks' },
  { call: (gw) => gw.callbacks.delete('app'), method: 'DELETE', url: '/v1/callbacks/app' },
  {
    call: (gw) => gw.callbacks.deliveries('app', { status: 'failed' }),
    method: 'GET',
    url: '/v1/callbacks/app/deliveries?status=failed',
  },
  {
    call: (gw) => gw.callbacks.resend('app', { since: '2027-01-31T12:00:00Z' }),
    method: 'POST',
    url: '/v1/callbacks/app/resend',
    body: { since: '2027-01-31T12:00:00Z' },
  },
  {
    call: (gw) => gw.callbacks.resendDelivery('app', 'msg_1'),
    method: 'POST',
    url: '/v1/callbacks/app/deliveries/msg_1/resend',
  },
  {
    call: (gw) => gw.keys.create({ name: 'ci', role: 'submit' }),
    method: 'POST',
    url: '/v1/keys',
    body: { name: 'ci', role: 'submit' },
  },
  { call: (gw) => gw.keys.list(), method: 'GET', url: '/v1/keys' },
  { call: (gw) => gw.keys.delete('k1'), method: 'DELETE', url: '/v1/keys/k1' },
  { call: (gw) => gw.toolKeys.list({ limit: 5 }), method: 'GET', url: '/v1/tool-keys?limit=5' },
  { call: (gw) => gw.toolKeys.rotate(), method: 'POST', url: '/v1/tool-keys/rotate', body: {} },
  {
    call: (gw) => gw.toolKeys.rotate({ platformId: 'm' }),
    method: 'POST',
    url: '/v1/tool-keys/rotate',
    body: { platformId: 'm' },
  },
  { call: (gw) => gw.toolKeys.delete('a b'), method: 'DELETE', url: '/v1/tool-keys/a%20b' },
  {
    call: (gw) => gw.toolKeys.delete('k', { replace: true }),
    method: 'DELETE',
    url: '/v1/tool-keys/k?replace=true',
  },
  { call: (gw) => gw.encryptionKey.status(), method: 'GET', url: '/v1/encryption-key' },
  { call: (gw) => gw.encryptionKey.reseal(), method: 'POST', url: '/v1/encryption-key/reseal' },
  {
    call: (gw) => gw.toolKeys.import('kid-1', { pem: 'PEM' }),
    method: 'PUT',
    url: '/v1/tool-keys/kid-1',
    body: { pem: 'PEM' },
  },
  { call: (gw) => gw.jwks(), method: 'GET', url: '/.well-known/jwks.json' },
];

test.each(calls)('$method $url', async ({ call, method, url, body }) => {
  await using api = await startFakeApi({ status: 200, body: { data: [], matched: 0 } });
  await call(clientOf(api));
  expect(api.seen).toEqual([expect.objectContaining({ method, url, body })]);
});

test('all() walks the pages, past an empty one, and fetches a page only when it is needed', async () => {
  await using api = await startFakeApi(
    { status: 200, body: { data: [{ id: '1' }, { id: '2' }], nextCursor: 'a' } },
    { status: 200, body: { data: [], nextCursor: 'b' } },
    { status: 200, body: { data: [{ id: '3' }], nextCursor: null } },
  );
  const ids: string[] = [];
  for await (const row of clientOf(api).scores.all({ platformId: 'm' })) {
    ids.push(row.id);
    if (ids.length === 1) expect(api.seen).toHaveLength(1);
  }
  expect(ids).toEqual(['1', '2', '3']);
  expect(api.seen.map((request) => request.url)).toEqual([
    '/v1/scores?platformId=m',
    '/v1/scores?platformId=m&cursor=a',
    '/v1/scores?platformId=m&cursor=b',
  ]);
});

test('204 without a body resolves to undefined', async () => {
  await using api = await startFakeApi({ status: 204 });
  expect(await clientOf(api).platforms.delete('m')).toBeUndefined();
});

test.each([
  [{ body: 'a,b\n1,"2\r\n"\n', contentType: 'text/csv' }, 'text/csv', undefined],
  [{ body: Buffer.from('{ "zen": 1 }'), event: 'ping' }, 'application/json', 'ping'],
])('a sample goes as the sender would send it: %j', async (sample, contentType, event) => {
  await using api = await startFakeApi({ status: 200, body: { scores: [], unmatched: [] } });
  await clientOf(api).webhookSources.test('ci', sample);
  const [seen] = api.seen;
  expect([seen?.method, seen?.url]).toEqual(['POST', '/v1/webhook-sources/ci/test']);
  expect([seen?.headers['content-type'], seen?.headers['x-github-event']]).toEqual([contentType, event]);
  expect(seen?.body).toEqual(event ? { zen: 1 } : sample.body);
});
