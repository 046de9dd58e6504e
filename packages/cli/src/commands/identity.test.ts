import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problem, startFakeGradewire } from '../testing/fake-gradewire.ts';
import { runVerb } from '../testing/run-verb.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradewire-identity-'));
});
afterAll(() => rm(folder, { recursive: true }));

const fileWith = async (text: string) => {
  const file = join(folder, 'people.csv');
  await writeFile(file, text);
  return file;
};

/** Stores all but a login that is called `no login`. */
const startApi = () =>
  startFakeGradewire(({ body }) => {
    const { platformId, identities } = body as { platformId: string; identities: unknown[] };
    const at = identities.findIndex((row) => JSON.stringify(row).includes('no login'));
    if (at >= 0) {
      const errors = [{ pointer: `/identities/${at}/identity/github`, detail: 'must be a GitHub login' }];
      return problem(422, 'INVALID', 'Not valid.', { errors });
    }
    return { body: { platformId, stored: identities.length, replayed: 1 } };
  });

test('identity import takes the roster of a GitHub Classroom, and says who has no login', async () => {
  await using api = await startApi();
  const file = await fileWith(
    'identifier,github_username,github_id,name\nada@school.example,ada-l,101,Ada\ns8,bob,102,\neve,,,\n',
  );
  const { code, stdout } = await runVerb(['identity', 'import', file, '--platform', 'm'], { api });
  expect(code).toBe(0);
  expect(api.seen).toEqual([
    {
      route: 'PUT /v1/identities',
      body: {
        platformId: 'm',
        identities: [
          { identity: { github: 'ada-l' }, user: { email: 'ada@school.example' } },
          { identity: { github: 'bob' }, user: { sourcedId: 's8' } },
        ],
      },
    },
  ]);
  expect(stdout).toBe(
    '2 identities stored, 1 student without a GitHub login skipped\n1 delivery of grades tried again.\n',
  );
});

test('identity import stores the good lines, names the others, and ends with 3', async () => {
  await using api = await startApi();
  const text = 'github,userId\nada,1\nno login,2\n,3\nbob,4\n';
  const file = await fileWith(text);
  const argv = ['identity', 'import', file, '--platform', 'm'];
  const { code, stdout } = await runVerb(argv, { api });
  expect(code).toBe(3);
  expect(stdout).toContain(`${file}:3: identity/github must be a GitHub login\n`);
  expect(stdout).toContain(`${file}:4: does not say how senders know the student\n`);
  expect(stdout).toContain('2 identities stored, 2 problems\n');
  expect(api.seen.at(-1)?.body).toMatchObject({ identities: [{ userId: '1' }, { userId: '4' }] });

  const fromStdin = ['identity', 'import', '-', '--platform', 'm', '--json'];
  expect((await runVerb(fromStdin, { api, stdin: text })).json()).toEqual({
    platformId: 'm',
    stored: 2,
    replayed: 1,
    skipped: 0,
    problems: [
      { source: 'stdin:4', message: 'does not say how senders know the student' },
      { source: 'stdin:3', message: 'identity/github must be a GitHub login' },
    ],
  });
});

test('identity import sends nothing of a file that is no table of identities', async () => {
  await using api = await startApi();
  const file = await fileWith('login,grade\nada,1\n');
  const { code, stderr } = await runVerb(['identity', 'import', file, '--platform', 'm'], { api });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/unknown column "login", "grade"\n.*userId/)]);
  const missing = await runVerb(['identity', 'import', '/no/file', '--platform', 'm'], { api });
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('/no/file cannot be read')]);
  expect(api.seen).toEqual([]);
});

test('identity list shows who is who', async () => {
  const updatedAt = '2026-11-20T10:00:00.000Z';
  const data = [
    { identity: { github: 'ada' }, userId: '42', updatedAt },
    { identity: { senderId: '9' }, user: { email: 'bob@school.example' }, updatedAt },
  ];
  const asked: string[] = [];
  await using api = await startFakeGradewire(({ query }) => {
    asked.push(query.toString());
    return { body: { data } };
  });
  const { stdout } = await runVerb(['identity', 'list', '--platform', 'm'], { api });
  expect(asked).toEqual(['platformId=m']);
  expect(stdout).toMatch(/github ada +42 +userId +2026/);
  expect(stdout).toMatch(/senderId 9 +bob@school\.example +email +2026/);
  const json = await runVerb(['identity', 'list', '--platform', 'm', '--limit', '1', '--json'], { api });
  expect(json.json()).toEqual({ data: [data[0]], more: true });
});

test.each([
  [['--github', 'ada'], 'platformId=m&github=ada', 'github ada'],
  [['--email', 'a@b'], 'platformId=m&email=a%40b', 'email a@b'],
  [['--sourced-id', 's7'], 'platformId=m&sourcedId=s7', 'sourcedId s7'],
  [['--sender-id', '9'], 'platformId=m&senderId=9', 'senderId 9'],
])('identity remove %j', async (flags, query, text) => {
  const asked: string[] = [];
  await using api = await startFakeGradewire((request) => {
    asked.push(request.query.toString());
    return { status: 204 };
  });
  const { stdout } = await runVerb(['identity', 'remove', '--platform', 'm', ...flags], { api });
  expect([asked, stdout]).toEqual([[query], `Removed ${text}\n`]);
});

test.each([[[]], [['--github', 'ada', '--name', 'Ada']]])(
  'identity remove wants one identity, not %j',
  async (flags) => {
    const { code, stderr } = await runVerb(['identity', 'remove', '--platform', 'm', ...flags]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('which identity?')]);
  },
);
