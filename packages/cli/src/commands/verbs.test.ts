import { expect, test } from 'vitest';
import { problem, startFakeGradewire } from '../testing/fake-gradewire.ts';
import { runVerb } from '../testing/run-verb.ts';

const dead = {
  id: 'sc_m_1',
  platformId: 'm',
  userId: '42',
  scoreGiven: 8,
  scoreMaximum: 10,
  status: 'dead',
  reason: 'GRADE_LOCKED',
  detail: 'HTTP 500: grade is locked',
  hint: 'Unlock the grade, then replay.',
  acceptedAt: '2026-03-01T10:00:00.000Z',
  target: { lineItemUrl: 'https://lms.example/li/1' },
  attempts: [
    {
      number: 1,
      at: '2026-03-01T10:00:01.000Z',
      stage: 'score',
      httpStatus: 500,
      outcome: 'dead',
      durationMs: 12.4,
    },
  ],
};

test('platform add sends what the flags say and nothing else', async () => {
  await using api = await startFakeGradewire(({ body }) => ({
    status: 201,
    body: { ...(body as object), profile: 'moodle' },
  }));
  const { code, stdout } = await runVerb(
    [
      ...[
        'platform',
        'add',
        'm',
        '--name',
        'Moodle',
        '--client-id',
        'abc',
        '--issuer',
        'https://lms.example',
      ],
      ...[
        '--token-url',
        'https://lms.example/token',
        '--deployment-id',
        '1',
        '--deployment-id',
        '2',
        '--concurrency',
        '3',
      ],
    ],
    { api },
  );
  expect(code).toBe(0);
  expect(stdout).toContain('Registered m with the profile moodle.');
  expect(api.seen).toEqual([
    {
      route: 'PUT /v1/platforms/m',
      body: {
        name: 'Moodle',
        clientId: 'abc',
        issuer: 'https://lms.example',
        tokenUrl: 'https://lms.example/token',
        deploymentIds: ['1', '2'],
        limits: { concurrency: 3 },
      },
    },
  ]);
});

test('platform list follows the pages', async () => {
  await using api = await startFakeGradewire(({ query }) =>
    query.get('cursor')
      ? { body: { data: [{ id: 'b', name: 'B', profile: 'canvas', clientId: '2' }] } }
      : { body: { data: [{ id: 'a', name: 'A', profile: 'moodle', clientId: '1' }], nextCursor: 'x' } },
  );
  const { stdout } = await runVerb(['platform', 'list'], { api });
  expect(stdout).toBe('Id  Name  Profile  Client id\na   A     moodle   1\nb   B     canvas   2\n');
  expect((await runVerb(['platform', 'list', '--json'], { api })).json().data).toHaveLength(2);
});

test('platform check shows each step in words, what to do, and fails when one failed', async () => {
  const steps = [
    { name: 'reachable', ok: true, detail: 'It answers, with status 400.', ms: 12 },
    {
      name: 'token',
      ok: false,
      reason: 'CLIENT_UNKNOWN',
      detail: 'Status 400: invalid_client',
      hint: 'Copy the client id again.',
      ms: 30.4,
    },
    {
      name: 'scopes',
      ok: true,
      reason: 'RESULTS_NOT_ALLOWED',
      detail: 'Not granted: x.',
      hint: 'Allow it.',
      ms: 0,
    },
    { name: 'newer', ok: true },
  ];
  await using api = await startFakeGradewire(() => ({ body: { ok: false, steps } }));
  const argv = [
    'platform',
    'check',
    'm',
    '--line-items',
    'https://l.example/s',
    '--line-item',
    'https://l.example/1',
  ];
  const { code, stdout } = await runVerb(argv, { api });
  expect(code).toBe(1);
  expect(stdout).toBe(
    [
      '✓ Platform: It answers, with status 400. 12 ms',
      '✗ Access: Status 400: invalid_client 30 ms',
      '  Copy the client id again. [CLIENT_UNKNOWN]',
      '! Permissions: Not granted: x.',
      '  Allow it. [RESULTS_NOT_ALLOWED]',
      '✓ newer',
      'Not ready.',
      '',
    ].join('\n'),
  );
  const asked = { lineItemsUrl: 'https://l.example/s', lineItemUrl: 'https://l.example/1' };
  expect(api.seen[0]?.body).toEqual(asked);
  expect((await runVerb(['platform', 'check', 'm', '--json'], { api })).json().steps).toEqual(steps);
});

test('score send waits for the gradebook and ends with 3 when it refuses', async () => {
  await using api = await startFakeGradewire(({ route }) =>
    route === 'POST /v1/scores'
      ? {
          status: 202,
          body: { id: 'sc_m_1', status: 'queued', platformId: 'm', acceptedAt: dead.acceptedAt },
        }
      : { body: dead },
  );
  const argv = ['score', 'send', '--platform', 'm', '--user', '42', '--score', '8', '--score-maximum', '10'];
  const { code, stdout } = await runVerb([...argv, '--line-item', 'https://lms.example/li/1'], { api });
  expect(code).toBe(3);
  expect(stdout).toContain('dead GRADE_LOCKED');
  expect(stdout).toContain('Unlock the grade, then replay.');
  expect(api.seen[0]?.body).toEqual({
    platformId: 'm',
    userId: '42',
    target: { lineItemUrl: 'https://lms.example/li/1' },
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    scoreGiven: 8,
    scoreMaximum: 10,
  });
});

test('score send --score null clears a grade, --no-wait returns at once', async () => {
  await using api = await startFakeGradewire(() => ({
    status: 202,
    body: { id: 'sc_m_1', status: 'queued' },
  }));
  const argv = [
    'score',
    'send',
    '--platform',
    'm',
    '--user',
    '42',
    '--score',
    'null',
    '--launch-id',
    'la_1',
    '--overwrite',
    'unlessEdited',
    '--no-wait',
  ];
  const { code, stdout } = await runVerb(argv, { api });
  expect([code, stdout]).toEqual([0, 'Accepted sc_m_1\n']);
  expect(api.seen[0]?.body).toMatchObject({
    scoreGiven: null,
    target: { launchId: 'la_1' },
    overwrite: 'unlessEdited',
  });
});

test('score list and dead-letter list show reasons and say when there is more', async () => {
  await using api = await startFakeGradewire(() => ({ body: { data: [dead, { ...dead, id: 'sc_m_2' }] } }));
  const scores = await runVerb(['score', 'list', '--platform', 'm', '--limit', '1'], { api });
  expect(scores.stdout).toMatch(/sc_m_1 +42 +8\/10 +dead +GRADE_LOCKED/);
  expect(scores.stdout).toContain('More than 1');
  const letters = await runVerb(['dead-letter', 'list', '--platform', 'm', '--json'], { api });
  expect(letters.json()).toMatchObject({ more: false, data: [{ id: 'sc_m_1' }, { id: 'sc_m_2' }] });
});

test('dead-letter list without a platform counts by reason', async () => {
  const data = [
    { platformId: 'm', reason: 'GRADE_LOCKED', count: 3, oldestAt: dead.acceptedAt, hint: 'Unlock it.' },
  ];
  await using api = await startFakeGradewire(() => ({ body: { data } }));
  const { stdout } = await runVerb(['dead-letter', 'list'], { api });
  expect(stdout).toMatch(/m +GRADE_LOCKED +3 +2026-03-01T10:00:00.000Z +Unlock it\./);
  expect(api.seen[0]?.route).toBe('GET /v1/dead-letters/summary');
});

test('dead-letter show prints the attempts, and refuses what is none', async () => {
  await using api = await startFakeGradewire(({ route }) => ({
    body: route.endsWith('sc_m_1') ? dead : { ...dead, id: 'sc_m_2', status: 'delivered' },
  }));
  const shown = await runVerb(['dead-letter', 'show', 'sc_m_1'], { api });
  expect(shown.stdout).toMatch(/1 +2026-03-01T10:00:01.000Z +score +500 +dead +12 ms/);
  const other = await runVerb(['dead-letter', 'show', 'sc_m_2'], { api });
  expect(other).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is no dead letter; it is delivered'),
  });
});

test('dead-letter replay waits, and 0 means it arrived', async () => {
  await using api = await startFakeGradewire(({ route }) =>
    route.endsWith('/replay')
      ? { status: 202, body: { id: 'sc_m_1' } }
      : { body: { ...dead, status: 'delivered', reason: null } },
  );
  const { code } = await runVerb(['dead-letter', 'replay', 'sc_m_1'], { api });
  expect(code).toBe(0);
  expect(api.seen.map(({ route }) => route)).toEqual([
    'POST /v1/dead-letters/sc_m_1/replay',
    'GET /v1/scores/sc_m_1',
  ]);
});

test('dead-letter discard sends the note', async () => {
  await using api = await startFakeGradewire(() => ({ body: { id: 'sc_m_1', status: 'cancelled' } }));
  const { stdout } = await runVerb(['dead-letter', 'discard', 'sc_m_1', '--note', 'left the course'], {
    api,
  });
  expect(stdout).toBe('Discarded sc_m_1\n');
  expect(api.seen[0]?.body).toEqual({ note: 'left the course' });
});

test('replay --dry-run counts; replay watches to the end and ends with 3 when some failed again', async () => {
  const state = { id: 'rp_1', status: 'running', matched: 4, replayed: 2, delivered: 1, failed: 0 };
  await using api = await startFakeGradewire(({ route, body }) => {
    if ((body as { dryRun?: boolean } | undefined)?.dryRun) return { body: { matched: 4 } };
    if (route === 'POST /v1/replays') return { status: 202, body: state };
    return { body: { ...state, status: 'done', replayed: 4, delivered: 3, failed: 1 } };
  });
  const dry = await runVerb(['replay', '--platform', 'm', '--reason', 'GRADE_LOCKED', '--dry-run'], { api });
  expect(dry.stdout).toBe('4 scores would be sent again.\n');
  expect(api.seen[0]?.body).toEqual({ filter: { platformId: 'm', reason: 'GRADE_LOCKED' }, dryRun: true });
  const ran = await runVerb(['replay', '--platform', 'm', '--rate', '5'], { api });
  expect(ran.code).toBe(3);
  expect(ran.stdout).toContain('Replay rp_1 done: 4 sent again, 3 delivered, 1 refused again.');
});

test('batch show counts by status', async () => {
  await using api = await startFakeGradewire(({ route }) =>
    route === 'GET /v1/batches/b1'
      ? { body: { batchId: 'b1', done: false, counts: { delivered: 12, queued: 3, dead: 0 } } }
      : problem(404, 'NOT_FOUND', 'There is no such thing.'),
  );
  const { stdout } = await runVerb(['batch', 'show', 'b1'], { api });
  expect(stdout).toBe('b1 running\n      12 delivered\n       3 queued\n');
  expect((await runVerb(['batch', 'show', 'b2'], { api })).code).toBe(1);
});
