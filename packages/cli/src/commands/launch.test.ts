import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { problem, startFakeGradewire } from '../testing/fake-gradewire.ts';
import { runVerb } from '../testing/run-verb.ts';

const examples = fileURLToPath(new URL('../../../../examples/launches/', import.meta.url));
const launch = {
  launchId: 'la_moodle_1',
  platformId: 'moodle',
  resourceLinkId: '31',
  contextId: '7',
  lineItemUrl: 'https://lms.example/items/1',
  scopes: ['https://purl.imsglobal.org/spec/lti-ags/scope/score'],
  title: 'Lab 1',
  updatedAt: '2026-11-20T16:04:05.123Z',
};
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradewire-launch-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Keeps every launch, but those of the link `refused`; one per link. */
const startApi = (refused = 'none') =>
  startFakeGradewire(({ route, body }) => {
    if (route === 'GET /v1/launches/la_moodle_1') return { body: launch };
    if (route !== 'POST /v1/launches') return undefined;
    const text = JSON.stringify(body);
    if (text.includes(`"id":"${refused}"`))
      return problem(422, 'UNKNOWN_PLATFORM', 'No such platform.', { hint: 'Register it.' });
    const [, link = 'course'] = /resource_link":\{"id":"([^"]+)"/.exec(text) ?? [];
    return { status: 201, body: { ...launch, launchId: `la_moodle_${link}`, resourceLinkId: link } };
  });

test('launch add sends the id_token of a file, and shows what is known', async () => {
  await using api = await startApi();
  const file = join(folder, 'token.txt');
  await writeFile(file, 'a.b.c\n');
  const { code, stdout } = await runVerb(['launch', 'add', file], { api });
  expect(code).toBe(0);
  expect(api.seen).toEqual([{ route: 'POST /v1/launches', body: { idToken: 'a.b.c' } }]);
  expect(stdout).toContain('https://lms.example/items/1');
});

test('launch add makes claims of what is known of a link', async () => {
  await using api = await startApi();
  const argv = ['launch', 'add', '--platform', 'moodle', '--context-id', '7', '--resource-link-id', '31'];
  const { code } = await runVerb([...argv, '--line-items', 'https://lms.example/items', '--json'], { api });
  expect(code).toBe(0);
  expect(api.seen[0]?.body).toEqual({
    platformId: 'moodle',
    claims: {
      'https://purl.imsglobal.org/spec/lti/claim/context': { id: '7' },
      'https://purl.imsglobal.org/spec/lti/claim/resource_link': { id: '31' },
      'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint': { lineitems: 'https://lms.example/items' },
    },
  });
});

test.each([
  { argv: [], says: 'missing ID_TOKEN_FILE, or --platform ID' },
  { argv: ['token.txt', '--context-id', '7'], says: 'the id_token already says what --context-id says' },
])('launch add $argv is wrong usage', async ({ argv, says }) => {
  const { code, stderr } = await runVerb(['launch', 'add', ...argv], { api: { url: 'http://127.0.0.1:1' } });
  expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
});

test('launch show tells when the launch told of no gradebook', async () => {
  await using api = await startApi();
  expect((await runVerb(['launch', 'show', 'la_moodle_1', '--json'], { api })).json()).toEqual(launch);
  await using bare = await startFakeGradewire(() => ({ body: { ...launch, lineItemUrl: undefined } }));
  expect((await runVerb(['launch', 'show', 'la_moodle_1'], { api: bare })).stdout).toContain('no gradebook');
});

test('launch import registers each link of the files, and lists them', async () => {
  await using api = await startApi();
  const { code, stdout } = await runVerb(
    ['launch', 'import', `${examples}courses.csv`, `${examples}pylti1p3`],
    { api },
  );
  expect(code).toBe(0);
  expect(api.seen).toHaveLength(5);
  expect(api.seen[0]?.body).toMatchObject({ platformId: 'moodle' });
  expect(api.seen[4]?.body).not.toHaveProperty('platformId');
  expect(stdout).toContain('la_moodle_31');
  expect(stdout).toContain('3 links known');
});

test('launch import goes on after a launch that is refused, and says what to do', async () => {
  await using api = await startApi('31');
  const argv = ['launch', 'import', `${examples}courses.csv`];
  const { code, stdout } = await runVerb(argv, { api });
  expect(code).toBe(3);
  expect(stdout).toMatch(/courses\.csv:2.*UNKNOWN_PLATFORM.*\n {2}Register it\./);
  expect(stdout).toContain('2 links known, 1 problem');
  const { launches, problems } = (await runVerb([...argv, '--json'], { api })).json();
  expect([launches, problems]).toEqual([
    expect.any(Array),
    [expect.objectContaining({ hint: 'Register it.' })],
  ]);
});

test('launch import names the platform for those that name none, and stops at a wrong key', async () => {
  await using api = await startApi();
  const argv = ['launch', 'import', `${examples}ltijs/contexttokens.jsonl`, '--platform', 'canvas'];
  expect((await runVerb(argv, { api })).code).toBe(0);
  expect(api.seen.map(({ body }) => (body as { platformId: string }).platformId)).toEqual([
    'canvas',
    'canvas',
    'canvas',
  ]);
  const wrong = await runVerb(argv, { api, env: { GRADEWIRE_API_KEY: 'other' } });
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('UNAUTHENTICATED')]);
  expect(api.seen).toHaveLength(4);
});

test('launch import takes no format that it does not know', async () => {
  const { code, stderr } = await runVerb(['launch', 'import', examples, '--format', 'tsugi'], {
    api: { url: 'http://127.0.0.1:1' },
  });
  expect([code, stderr]).toEqual([2, expect.stringContaining('ltijs, pylti1p3, csv')]);
});
