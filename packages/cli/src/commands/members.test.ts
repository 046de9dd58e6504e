import { expect, test } from 'vitest';
import { startFakeGradewire } from '../testing/fake-gradewire.ts';
import { runVerb } from '../testing/run-verb.ts';

const roster = {
  data: [
    {
      userId: '7',
      status: 'Active',
      roles: ['http://purl.imsglobal.org/vocab/lis/v2/membership#Learner', 'Mentor'],
      name: 'Ada Lovelace',
      email: 'ada@school.example',
    },
  ],
  membershipsUrl: 'https://lms.example/members',
  readAt: '2026-11-20T10:00:00.000Z',
};

test('members shows who is in a course, and whom a score is to name', async () => {
  const asked: string[] = [];
  await using api = await startFakeGradewire(({ query }) => {
    asked.push(query.toString());
    return { body: roster };
  });
  const { stdout } = await runVerb(
    ['members', '--platform', 'm', '--launch-id', 'la_m_1', '--role', 'Learner'],
    { api },
  );
  expect(asked).toEqual(['platformId=m&launchId=la_m_1&role=Learner']);
  expect(stdout).toContain('7        Ada Lovelace  ada@school.example  Active  Learner, Mentor');
  expect(stdout).toContain('1 member as of 2026-11-20T10:00:00.000Z');
  const url = ['members', '--platform', 'm', '--memberships-url', 'https://lms.example/members'];
  expect((await runVerb([...url, '--json'], { api })).json()).toEqual(roster);
});

test('members says so when there are more than it got', async () => {
  await using api = await startFakeGradewire(() => ({ body: { ...roster, data: [], truncated: true } }));
  const { stdout } = await runVerb(['members', '--platform', 'm', '--launch-id', 'la_m_1'], { api });
  expect(stdout).toMatch(/^0 members as of .*more than could be read\n$/);
});

test.each([[[]], [['--launch-id', 'a', '--memberships-url', 'https://lms.example/m']]])(
  'members wants one course, not %j',
  async (place) => {
    const { code, stderr } = await runVerb(['members', '--platform', 'm', ...place]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--launch-id or --memberships-url')]);
  },
);

const send = (...flags: string[]) => [
  ...['score', 'send', '--platform', 'm', '--score', '8', '--score-maximum', '10', '--no-wait'],
  ...flags,
];

test.each([
  [['--email', 'ada@school.example'], { email: 'ada@school.example' }],
  [['--sourced-id', 's7'], { sourcedId: 's7' }],
  [['--name', 'Ada Lovelace'], { name: 'Ada Lovelace' }],
])('score send %j names the student as the roster does', async (flags, user) => {
  await using api = await startFakeGradewire(() => ({ status: 202, body: { id: 'sc_m_1' } }));
  const { code } = await runVerb(send('--launch-id', 'la_m_1', ...flags), { api });
  expect(code).toBe(0);
  expect(api.seen[0]?.body).toMatchObject({ user, target: { launchId: 'la_m_1' }, scoreGiven: 8 });
  expect(api.seen[0]?.body).not.toHaveProperty('userId');
});

test.each([
  ['nobody', ['--launch-id', 'la_m_1'], 'which student?'],
  ['two', ['--launch-id', 'la_m_1', '--user', '7', '--email', 'a@b'], 'which student?'],
  ['no roster', ['--line-item', 'https://lms.example/1', '--email', 'a@b'], 'need --launch-id'],
])('score send refuses %s', async (_, flags, says) => {
  const { code, stderr } = await runVerb(send(...flags));
  expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
});

test('score get shows whom a score was sent for until the id is known', async () => {
  const score = {
    id: 'sc_m_1',
    platformId: 'm',
    user: { email: 'ada@school.example' },
    target: { launchId: 'la_m_1' },
    status: 'dead',
    reason: 'USER_NOT_FOUND',
    acceptedAt: '2026-03-01T10:00:00.000Z',
  };
  await using api = await startFakeGradewire(() => ({ body: score }));
  expect((await runVerb(['score', 'get', 'sc_m_1'], { api })).stdout).toMatch(/Student +ada@school\.example/);
});
