import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problem, startFakeGradewire } from '../testing/fake-gradewire.ts';
import { runVerb } from '../testing/run-verb.ts';

const source = {
  id: 'cs101',
  platformId: 'm',
  scheme: 'github',
  adapter: 'github-classroom',
  target: { launchId: 'la_m_1', perAssignment: true, create: {} },
  defaults: {},
  secretCount: 1,
  url: 'https://grades.example/v1/webhooks/cs101',
  unmatched: 0,
  createdAt: '2026-11-20T10:00:00.000Z',
  updatedAt: '2026-11-20T10:00:00.000Z',
};
const ADD = ['source', 'add', 'cs101', '--platform', 'm', '--adapter', 'github-classroom'];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradewire-source-'));
});
afterAll(() => rm(folder, { recursive: true }));

const fileWith = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

/** Knows the source `cs101` once it was put. */
const startApi = (known = false) => {
  let there = known;
  return startFakeGradewire(({ route, body }) => {
    if (route === 'PUT /v1/webhook-sources/cs101') {
      const { secrets: _, ...rest } = body as Record<string, unknown>;
      there = true;
      return { status: 201, body: { ...source, ...rest } };
    }
    return there ? { body: source } : undefined;
  });
};

const putBody = (api: { seen: { route: string; body: unknown }[] }) =>
  api.seen.find(({ route }) => route.startsWith('PUT'))?.body as Record<string, unknown> | undefined;

test('source add makes a secret for a new source and shows it once', async () => {
  await using api = await startApi();
  const argv = [...ADD, '--scheme', 'github', '--launch-id', 'la_m_1', '--per-assignment', '--create'];
  const { code, stdout } = await runVerb(argv, { api });
  expect(code).toBe(0);
  const { secrets, ...rest } = putBody(api) ?? {};
  expect(rest).toEqual({
    platformId: 'm',
    scheme: 'github',
    adapter: 'github-classroom',
    target: { launchId: 'la_m_1', perAssignment: true, create: {} },
  });
  expect(secrets).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
  expect(stdout).toContain(`shown this once: ${(secrets as string[])[0]}`);
  expect(stdout).toMatch(/To +https:\/\/grades\.example\/v1\/webhooks\/cs101/);
  expect(stdout).not.toContain('Defaults');

  const again = await runVerb([...argv, '--json'], { api });
  expect(again.json()).not.toHaveProperty('secret');
  expect(api.seen.at(-1)?.body).not.toHaveProperty('secrets');
});

test('source add --json tells the new secret, as the scheme writes it', async () => {
  await using api = await startApi();
  const { json } = await runVerb([...ADD, '--scheme', 'standard', '--json'], { api });
  expect(json()).toMatchObject({ id: 'cs101', secret: expect.stringMatching(/^whsec_[\w+/]{43}=$/) });
  expect(putBody(api)?.secrets).toEqual([json().secret]);
});

test('source add takes secrets that it is given, and shows none', async () => {
  await using api = await startApi();
  const argv = [
    ...ADD,
    '--scheme',
    'hmac-sha256',
    '--secret',
    'old-secret-of-the-sender',
    '--secret-env',
    'S',
  ];
  const more = [
    '--header',
    'X-Sig',
    '--prefix',
    'v1=',
    '--delivery-id-header',
    'X-Id',
    '--score-maximum',
    '5',
  ];
  const mapping = await fileWith('map.jsonata', '$.grades');
  const { stdout } = await runVerb(
    [...argv, ...more, '--mapping', mapping, '--overwrite', 'unlessEdited', '--line-item', 'https://x/1'],
    { api, env: { S: 'new-secret-of-the-sender' } },
  );
  expect(api.seen).toHaveLength(1);
  expect(putBody(api)).toEqual({
    platformId: 'm',
    scheme: 'hmac-sha256',
    adapter: 'github-classroom',
    secrets: ['old-secret-of-the-sender', 'new-secret-of-the-sender'],
    signature: { header: 'X-Sig', encoding: 'hex', prefix: 'v1=' },
    deliveryIdHeader: 'X-Id',
    mapping: '$.grades',
    target: { lineItemUrl: 'https://x/1' },
    defaults: { scoreMaximum: 5, overwrite: 'unlessEdited' },
  });
  expect(stdout).not.toContain('secret-of-the-sender');
  expect(stdout).toContain('X-Sig: v1=<HMAC-SHA256 of the body in hex>');
});

test.each([
  [['--secret-env', 'NOT_SET'], 1, 'the variable NOT_SET is not set'],
  [['--mapping', '/no/such/file'], 1, '/no/such/file cannot be read'],
  [['--score-maximum', '0'], 2, '--score-maximum must be more than 0'],
  [['--per-assignment'], 2, 'needs either --line-items or --launch-id'],
])('source add %j does not begin', async (flags, exit, says) => {
  await using api = await startApi();
  const { code, stderr } = await runVerb([...ADD, '--scheme', 'bearer', ...flags], { api });
  expect([code, stderr]).toEqual([exit, expect.stringContaining(says)]);
  expect(api.seen).toEqual([]);
});

test('source add makes no secret when it cannot know whether there is one', async () => {
  await using api = await startFakeGradewire(() => problem(403, 'FORBIDDEN', 'Not with this key.'));
  const { code, stdout } = await runVerb([...ADD, '--scheme', 'bearer'], { api });
  expect([code, stdout]).toEqual([1, '']);
  expect(putBody(api)).toBeUndefined();
});

test('source list and show tell what is unmatched', async () => {
  await using api = await startFakeGradewire(({ route }) =>
    route.endsWith('/cs101')
      ? { body: { ...source, unmatched: 2, mapping: 'a\nb', defaults: { scoreMaximum: 5 } } }
      : { body: { data: [source, { ...source, id: 'b', unmatched: 2 }] } },
  );
  const list = await runVerb(['source', 'list'], { api });
  expect(list.stdout).toMatch(/cs101 +m +github +github-classroom +https/);
  expect(list.stdout).toMatch(/b +m +github +github-classroom +2 +https/);
  const { stdout } = await runVerb(['source', 'show', 'cs101'], { api });
  expect(stdout).toContain('2 deliveries; see gradewire unmatched list cs101');
  expect(stdout).toMatch(/Shows +X-Hub-Signature-256/);
  expect(stdout).toMatch(/Defaults +\{"scoreMaximum":5\}/);
  expect((await runVerb(['source', 'show', 'cs101', '--json'], { api })).json().unmatched).toBe(2);
});

test('source remove is refused while something is unmatched, unless forced', async () => {
  const hint = 'Mend them, or remove it with force=true.';
  await using api = await startFakeGradewire(({ query }) =>
    query.get('force') === 'true'
      ? { status: 204 }
      : problem(409, 'SOURCE_HAS_UNMATCHED', 'Two grades are unmatched.', { hint }),
  );
  const refused = await runVerb(['source', 'remove', 'cs101'], { api });
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(hint)]);
  expect((await runVerb(['source', 'remove', 'cs101', '--force'], { api })).stdout).toBe('Removed cs101\n');
});

const unready = {
  index: 1,
  reason: 'UNKNOWN_IDENTITY',
  detail: 'no such student is known',
  hint: 'Import the identities.',
  identities: [{ github: 'eve' }, { email: 'eve@home.example' }],
};
const tested = {
  scores: [
    {
      index: 0,
      score: {
        platformId: 'm',
        userId: '42',
        target: { launchId: 'la_m_1', resourceId: 'lab-1' },
        scoreGiven: 8,
        scoreMaximum: 10,
        timestamp: '2026-11-20T10:00:00.000Z',
        comment: `Points 8/10${'.'.repeat(60)}`,
      },
    },
  ],
  unmatched: [unready, { ...unready, index: 2, errors: [{ pointer: '/scoreGiven', detail: 'is required' }] }],
};

test('source test shows what a sample would become, and ends with 3 when some of it would not', async () => {
  await using api = await startFakeGradewire(() => ({ body: tested }));
  const file = await fileWith('grades.csv', 'student_id,score\n42,8\n');
  const { code, stdout } = await runVerb(['source', 'test', file, '--source', 'cs101'], { api });
  expect(code).toBe(3);
  expect(api.seen).toEqual([
    { route: 'POST /v1/webhook-sources/cs101/test', body: 'student_id,score\n42,8\n' },
  ]);
  expect(stdout).toMatch(
    /42 +8\/10 +\{"launchId":"la_m_1","resourceId":"lab-1"\} +2026-11-20T10:00:00\.000Z/,
  );
  expect(stdout).toMatch(/Points 8\/10\.+…/);
  expect(stdout).toMatch(/1 +UNKNOWN_IDENTITY +github eve or email eve@home\.example +no such student/);
  expect(stdout).toContain('no such student is known; /scoreGiven is required');
  expect(stdout).toContain('gradewire identity import');
  expect(stdout.match(/Import the identities\./g)).toHaveLength(1);
  expect(stdout).toContain('It would become 1 score, 2 grades unmatched. Nothing was sent.');
});

test.each([
  ['sample.json', '{"zen":1}', ['--event', 'ping'], 'application/json', 'ping'],
  ['sample.CSV', 'a\n', [], 'text/csv', undefined],
  ['sample.txt', '{"a":1}', [], 'text/plain', undefined],
  ['-', '{"b": 2}', [], 'text/plain', undefined],
])('source test sends %s as what it is', async (name, text, flags, contentType, event) => {
  const asked: unknown[] = [];
  await using api = await startFakeGradewire(({ headers }) => {
    asked.push([headers['content-type'], headers['x-github-event']]);
    return { body: { scores: [], unmatched: [], ignored: 'A ping holds no grade.' } };
  });
  const file = name === '-' ? '-' : await fileWith(name, text);
  const argv = ['source', 'test', file, '--source', 'cs101', ...flags];
  const { code, stdout } = await runVerb(argv, { api, stdin: text });
  expect([code, stdout]).toEqual([0, 'It would be passed over: A ping holds no grade.\n']);
  expect(asked).toEqual([[contentType, event]]);
  expect(JSON.stringify(api.seen[0]?.body)).toBe(
    contentType === 'application/json' ? text : JSON.stringify(text),
  );
});

test('unmatched list shows why and what to do, replay and discard act on it', async () => {
  const kept = {
    ...unready,
    id: 'wd_1.1',
    deliveryId: 'wd_1',
    receivedAt: '2026-11-20T10:00:00.000Z',
    nextAttemptAt: '2026-11-20T10:05:00.000Z',
  };
  await using api = await startFakeGradewire(({ route }) => {
    if (route.endsWith('/replay')) return { status: 202, body: { replayed: 2 } };
    if (route.endsWith('/discard')) return { status: 204 };
    return { body: { data: [kept, { ...kept, id: 'wd_2.0' }] } };
  });
  const list = await runVerb(['unmatched', 'list', 'cs101', '--limit', '1'], { api });
  expect(list.stdout).toMatch(/wd_1\.1 +2026-11-20T10:00:00\.000Z +UNKNOWN_IDENTITY +github eve or email/);
  expect(list.stdout).toContain('UNKNOWN_IDENTITY: Import the identities.');
  expect(list.stdout).toContain('More than 1');
  expect((await runVerb(['unmatched', 'list', 'cs101', '--json'], { api })).json()).toMatchObject({
    more: false,
    data: [{ id: 'wd_1.1' }, { id: 'wd_2.0' }],
  });

  const all = await runVerb(['unmatched', 'replay', 'cs101'], { api });
  expect(all.stdout).toBe('Reading 2 deliveries again.\n');
  const some = await runVerb(['unmatched', 'replay', 'cs101', 'wd_1.1', 'wd_1.4', 'wd_2', 'wd_3'], { api });
  expect(some.stdout).toBe('Reading 2 deliveries again.\nOf 1 other nothing is unmatched here.\n');
  const discard = ['unmatched', 'discard', 'cs101', 'wd_1.1', '--note', 'a test account'];
  expect((await runVerb(discard, { api })).stdout).toBe('Discarded wd_1.1\n');
  expect(api.seen.slice(-3)).toEqual([
    { route: 'POST /v1/webhook-sources/cs101/unmatched/replay', body: {} },
    {
      route: 'POST /v1/webhook-sources/cs101/unmatched/replay',
      body: { deliveryIds: ['wd_1', 'wd_2', 'wd_3'] },
    },
    {
      route: 'POST /v1/webhook-sources/cs101/unmatched/wd_1.1/discard',
      body: { note: 'a test account' },
    },
  ]);
});
