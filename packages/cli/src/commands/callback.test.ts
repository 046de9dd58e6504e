import { expect, test } from 'vitest';
import { type FakeGradewire, problem, startFakeGradewire } from '../testing/fake-gradewire.ts';
import { runVerb } from '../testing/run-verb.ts';

const callback = {
  id: 'app',
  url: 'https://app.example/hook',
  events: ['score.delivered', 'score.dead'],
  form: 'each',
  status: 'active',
  pending: 0,
  createdAt: '2026-11-20T10:00:00.000Z',
  updatedAt: '2026-11-20T10:00:00.000Z',
};
const ADD = ['callback', 'add', 'app', '--to', callback.url, '--event', 'score.delivered'];

const startApi = (known: boolean) =>
  startFakeGradewire(({ route, body }) => {
    if (route === 'PUT /v1/callbacks/app') {
      const { secret: _, ...rest } = body as Record<string, unknown>;
      return { status: known ? 200 : 201, body: { ...callback, ...rest } };
    }
    return known ? { body: callback } : undefined;
  });

const secretPut = ({ seen }: FakeGradewire) => (seen.at(-1)?.body as { secret?: string } | undefined)?.secret;

test('callback add makes a secret for a new callback and shows it once', async () => {
  await using api = await startApi(false);
  const { code, stdout } = await runVerb([...ADD, '--event', 'score.dead', '--digest'], { api });
  expect(code).toBe(0);
  expect(api.seen.at(-1)).toEqual({
    route: 'PUT /v1/callbacks/app',
    body: {
      url: callback.url,
      events: ['score.delivered', 'score.dead'],
      form: 'digest',
      secret: expect.stringMatching(/^whsec_[\w+/]{43}=$/),
    },
  });
  expect(stdout).toContain(`shown this once: ${secretPut(api)}`);
  const { json } = await runVerb([...ADD, '--json'], { api });
  expect(json().secret).toBe(secretPut(api));
});

test('callback add leaves the secret of a known callback alone', async () => {
  await using api = await startApi(true);
  const { stdout } = await runVerb([...ADD, '--platform', 'a', '--platform', 'b'], { api });
  expect(api.seen.at(-1)?.body).toEqual({
    url: callback.url,
    events: ['score.delivered'],
    platformIds: ['a', 'b'],
  });
  expect(stdout).not.toContain('secret');
  expect(stdout).toMatch(/Platforms +a, b/);
});

test('callback add takes a secret from the environment and does not show it', async () => {
  await using api = await startApi(false);
  const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
  const { stdout } = await runVerb([...ADD, '--secret-env', 'HOOK_SECRET'], {
    api,
    env: { HOOK_SECRET: secret },
  });
  expect(api.seen).toEqual([{ route: expect.any(String), body: expect.objectContaining({ secret }) }]);
  expect(stdout).not.toContain(secret);
  const unset = await runVerb([...ADD, '--secret-env', 'HOOK_SECRET'], { api });
  expect([unset.code, unset.stderr]).toEqual([1, expect.stringContaining('HOOK_SECRET is not set')]);
});

test('callback list and show tell how callbacks do', async () => {
  const disabled = { ...callback, id: 'old', status: 'disabled', disabledReason: 'GONE', pending: 3 };
  await using api = await startFakeGradewire(({ route }) =>
    route.endsWith('/old') ? { body: disabled } : { body: { data: [callback, disabled] } },
  );
  const list = await runVerb(['callback', 'list'], { api });
  expect(list.stdout).toMatch(
    /app +active +https:\/\/app\.example\/hook +score\.delivered, score\.dead +all +0/,
  );
  const { stdout } = await runVerb(['callback', 'show', 'old'], { api });
  expect(stdout).toMatch(/Status +disabled: it answered 410/);
  expect(stdout).toContain('gradewire callback add');
  expect(stdout).toMatch(/Pending +3/);
});

test('callback deliveries shows what was tried', async () => {
  const delivery = {
    id: 'msg_1',
    type: 'score.dead',
    createdAt: '2026-11-20T10:00:00.000Z',
    status: 'failed',
    attempts: 9,
    lastAttemptAt: '2026-11-22T10:00:00.000Z',
    httpStatus: 500,
    error: 'HTTP 500',
  };
  const asked: string[] = [];
  await using api = await startFakeGradewire(({ query }) => {
    asked.push(query.toString());
    return { body: { data: [delivery, { ...delivery, id: 'msg_0' }] } };
  });
  const argv = ['callback', 'deliveries', 'app', '--status', 'failed', '--limit', '1'];
  const { stdout } = await runVerb(argv, { api });
  expect(asked).toEqual(['status=failed']);
  expect(stdout).toMatch(/msg_1 +score\.dead +2026\S+ +failed +9 +2026\S+ +500 +HTTP 500/);
  expect(stdout).toContain('More than 1');
  expect((await runVerb([...argv, '--json'], { api })).json()).toEqual({ data: [delivery], more: true });
});

test('callback resend sends one delivery, or all since a time', async () => {
  await using api = await startFakeGradewire(({ route }) => ({
    status: 202,
    body: { resent: route.includes('/deliveries/') ? 1 : 12 },
  }));
  const since = '2027-01-31T12:00:00Z';
  const all = await runVerb(['callback', 'resend', 'app', '--since', since], { api });
  expect(all.stdout).toBe('Sending 12 messages again.\n');
  await runVerb(['callback', 'resend', 'app', '--since', since, '--status', 'failed'], { api });
  const one = await runVerb(['callback', 'resend', 'app', '--delivery', 'msg_1', '--json'], { api });
  expect(one.json()).toEqual({ resent: 1 });
  expect(api.seen).toEqual([
    { route: 'POST /v1/callbacks/app/resend', body: { since } },
    { route: 'POST /v1/callbacks/app/resend', body: { since, status: 'failed' } },
    { route: 'POST /v1/callbacks/app/deliveries/msg_1/resend', body: undefined },
  ]);
});

test.each([[[]], [['--since', '2027-01-31T12:00:00Z', '--delivery', 'msg_1']]])(
  'callback resend wants one of both, not %j',
  async (flags) => {
    const { code, stderr } = await runVerb(['callback', 'resend', 'app', ...flags]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('either --since or --delivery')]);
  },
);

test('callback remove', async () => {
  await using api = await startFakeGradewire(({ route }) =>
    route === 'DELETE /v1/callbacks/app' ? { status: 204 } : problem(404, 'NOT_FOUND', 'No such callback.'),
  );
  expect((await runVerb(['callback', 'remove', 'app'], { api })).stdout).toBe('Removed app\n');
  expect((await runVerb(['callback', 'remove', 'other'], { api })).code).toBe(1);
});
