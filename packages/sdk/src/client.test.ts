import { expect, test } from 'vitest';
import { createGradewire, type Gradewire } from './client.ts';
import { type FakeApi, startFakeApi } from './testing/fake-api.ts';
import type { ScoreInput } from './types/score.ts';

const clientOf = (api: FakeApi) =>
  createGradewire({ baseUrl: api.url, apiKey: 'gw_test', sleep: async () => {}, random: () => 0 });

const score: ScoreInput = {
  platformId: 'moodle',
  userId: '42',
  target: { lineItemUrl: 'https://lms.example/li/1' },
  scoreGiven: 8,
  scoreMaximum: 10,
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
    call: (gw) => gw.keys.create({ name: 'ci', role: 'submit' }),
    method: 'POST',
    url: '/v1/keys',
    body: { name: 'ci', role: 'submit' },
  },
  { call: (gw) => gw.keys.list(), method: 'GET', url: '/v1/keys' },
  { call: (gw) => gw.keys.delete('k1'), method: 'DELETE', url: '/v1/keys/k1' },
  { call: (gw) => gw.toolKeys.rotate(), method: 'POST', url: '/v1/tool-keys/rotate' },
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
