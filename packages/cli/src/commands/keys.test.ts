import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problem, startFakeGradewire } from '../testing/fake-gradewire.ts';
import { runVerb } from '../testing/run-verb.ts';

const key = {
  kid: 'k1',
  state: 'signing',
  pinnedBy: [],
  createdAt: '2026-03-01T10:00:00.000Z',
  signsFrom: '2026-03-02T10:05:00.000Z',
  publicJwk: { kty: 'RSA', kid: 'k1' },
  publicPem: '-----BEGIN PUBLIC KEY-----',
};
const secret = 'c2VjcmV0LXBhcnQtb2YtdGhlLWtleQ';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradewire-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));

const fileWith = async (name: string, text: string) => {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
};

test('tool-key list shows what each key is for', async () => {
  const data = [
    key,
    { ...key, kid: 'own', platformId: 'moodle', state: 'published' },
    { ...key, kid: 'legacy', signsFrom: undefined, pinnedBy: ['a', 'b', 'c', 'd'] },
    { ...key, kid: 'old', state: 'retired', servedUntil: '2026-03-16T10:05:00.000Z' },
  ];
  await using api = await startFakeGradewire(() => ({ body: { data } }));
  const { stdout } = await runVerb(['tool-key', 'list'], { api });
  expect(stdout).toMatch(/k1 +signing +all +2026-03-02T10:05:00\.000Z/);
  expect(stdout).toMatch(/own +published +moodle/);
  expect(stdout).toMatch(/legacy +signing +pinned by a, b, c, 1 more/);
  expect(stdout).toMatch(/old +retired .*2026-03-16/);
  expect((await runVerb(['tool-key', 'list', '--json'], { api })).json().data).toHaveLength(4);
});

test('tool-key rotate says from when on the new key signs', async () => {
  await using api = await startFakeGradewire(({ body }) => ({
    status: 201,
    body: { ...key, ...(body as object) },
  }));
  expect((await runVerb(['tool-key', 'rotate'], { api })).stdout).toBe(
    'Published k1; it signs from 2026-03-02T10:05:00.000Z on.\n',
  );
  const time = '2027-07-01T03:00:00Z';
  const argv = ['tool-key', 'rotate', '--platform', 'moodle', '--signs-from', time];
  expect((await runVerb(argv, { api })).stdout).toBe(`Published k1; it signs for moodle from ${time} on.\n`);
  expect(api.seen.map(({ body }) => body)).toEqual([{}, { platformId: 'moodle', signsFrom: time }]);
});

test.each([
  ['key.pem', `-----BEGIN PRIVATE KEY-----\n${secret}\n`, ['--kid', 'legacy'], 'legacy'],
  ['key.json', `\n{"kty":"RSA","kid":"in-file","d":"${secret}"}`, [], 'in-file'],
  ['other.json', `{"kty":"RSA","kid":"in-file","d":"${secret}"}`, ['--kid', 'legacy'], 'legacy'],
])('tool-key import takes %s and shows nothing of it', async (name, text, flags, kid) => {
  await using api = await startFakeGradewire(() => ({ status: 201, body: { ...key, kid } }));
  const { code, stdout } = await runVerb(['tool-key', 'import', await fileWith(name, text), ...flags], {
    api,
  });
  expect([code, stdout]).toEqual([0, expect.stringContaining(`published ${kid}`)]);
  expect(stdout).not.toContain(secret);
  const body = name.endsWith('.pem') ? { pem: text } : { jwk: JSON.parse(text) };
  expect(api.seen).toEqual([{ route: `PUT /v1/tool-keys/${kid}`, body }]);
});

test.each([
  ['a PEM without its kid', `-----BEGIN PRIVATE KEY-----\n${secret}`, 2, '--kid is missing'],
  ['what is neither PEM nor JSON', `{ ${secret}`, 1, 'neither PEM nor JSON'],
])('tool-key import refuses %s', async (_, text, exit, words) => {
  await using api = await startFakeGradewire(() => ({ body: key }));
  const { code, stderr } = await runVerb(['tool-key', 'import', await fileWith('x', text)], { api });
  expect([code, stderr]).toEqual([exit, expect.stringContaining(words)]);
  expect(stderr).not.toContain(secret);
  expect(api.seen).toEqual([]);
});

test('tool-key remove says what signs instead, or what to do about a key that signs', async () => {
  const hint = 'Delete it with ?replace=true.';
  await using api = await startFakeGradewire(({ route, query }) =>
    route.endsWith('/unused')
      ? { status: 204 }
      : query.get('replace') === 'true'
        ? { body: { ...key, kid: 'k2' } }
        : problem(409, 'TOOL_KEY_IN_USE', 'It is pinned by moodle.', { hint }),
  );
  expect((await runVerb(['tool-key', 'remove', 'unused'], { api })).stdout).toBe('Removed unused.\n');
  const refused = await runVerb(['tool-key', 'remove', 'k1'], { api });
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('pinned by moodle')]);
  const replaced = await runVerb(['tool-key', 'remove', 'k1', '--replace'], { api });
  expect(replaced.stdout).toBe('Removed k1; k2 signs in its place.\n');
});

test('encryption-key status and reseal say whether the previous key is needed', async () => {
  const counts = { kind: 'toolKeys', current: 1, previous: 2, unknown: 0 };
  const before = { keyName: 'new', previousKey: { name: 'old', mayBeRemoved: false }, secrets: [counts] };
  const after = {
    ...before,
    resealed: 2,
    previousKey: { name: 'old', mayBeRemoved: true },
    secrets: [{ ...counts, current: 3, previous: 0 }],
  };
  await using api = await startFakeGradewire(({ route }) => ({
    body: route === 'POST /v1/encryption-key/reseal' ? after : before,
  }));
  const status = await runVerb(['encryption-key', 'status'], { api });
  expect(status.stdout).toMatch(/toolKeys +1 +2 +0/);
  expect(status.stdout).toContain('still needed');
  const { stdout } = await runVerb(['encryption-key', 'reseal'], { api });
  expect(stdout).toMatch(/^Sealed 2 secrets anew/);
  expect(stdout).toContain('may be removed');
  expect((await runVerb(['encryption-key', 'reseal', '--json'], { api })).json()).toEqual(after);
});
