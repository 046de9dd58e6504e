import { expect, test } from 'vitest';
import { createSimulator } from '../../simulator.ts';
import { vendorRoom } from '../../testing/vendor-room.ts';

const room = vendorRoom('brightspace');

test.each<[string, Record<string, unknown>, Record<string, unknown>, number, string]>([
  ['the fixed audience', {}, {}, 200, 'access_token'],
  ['the audience is not the token URL', { aud: 'TOKEN_URL' }, {}, 400, 'Error validating assertion'],
  ['no kid', {}, { kid: undefined }, 400, 'KeyId not found in token'],
  ['the issuer must be the client', { iss: 'https://tool.example' }, {}, 400, 'invalid_client'],
])('token: %s', async (_name, claims, header, status, words) => {
  const { tokenUrl } = room.simulator.registration;
  const answer = await room.askToken(claims.aud ? { aud: tokenUrl } : claims, header);
  expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(words)]);
});

test('a tool that nobody switched on gets no token', async () => {
  room.simulator.setTool({ enabled: false });
  const { status, body } = await room.askToken();
  expect([status, JSON.parse(body)]).toEqual([400, { error: 'invalid_client' }]);
});

test('tokens come from another host, the issuer is the tenant', () => {
  const { issuer, tokenUrl, serviceOrigins } = room.simulator.registration;
  expect(issuer).toBe(room.simulator.url);
  expect(serviceOrigins).toEqual([room.simulator.url]);
  expect(new URL(tokenUrl).origin).not.toBe(room.simulator.url);
  expect(new URL(room.item).pathname).toMatch(
    /^\/d2l\/api\/lti\/ags\/2\.0\/deployment\/[0-9a-f-]{36}\/orgunit\/1\/lineitems\/[0-9a-f-]{36}$/,
  );
});

test('never heard of, not enrolled, and a role without grades are told apart', async () => {
  const { simulator } = room;
  const { students, teachers, id } = simulator.courses[0]!;
  simulator.teacher.removeUser(id, students[1]!.userId);
  expect(await room.post(1, { userId: 'nobody' })).toEqual([
    404,
    expect.stringContaining('User in requested score does not exist'),
  ]);
  expect(await room.post(1, { userId: students[1]!.userId })).toEqual([
    403,
    expect.stringContaining('is not enrolled in the org unit'),
  ]);
  expect(await room.post(1, { userId: teachers[0]!.userId })).toEqual([422, '']);
});

test('above the maximum is kept and shown as the maximum', async () => {
  await room.post(130);
  expect(room.simulator.cell(room.item, room.user)).toMatchObject({ score: 100, rawScore: 130 });
});

test('a link brings no column by default', async () => {
  await using simulator = await createSimulator({ profile: 'brightspace' });
  const [course] = simulator.courses;
  expect(course!.resourceLinks).toEqual([{ id: 'link-1', title: 'Assignment 1' }]);
  const userId = course!.students[0]!.userId;
  const { claims } = await simulator.launch({ userId, resourceLinkId: 'link-1' });
  const claim = claims['https://purl.imsglobal.org/spec/lti-ags/claim/endpoint'];
  expect(claim).toHaveProperty('lineitems');
  expect(claim).not.toHaveProperty('lineitem');
});

test('every answer tells the credits left; without any it is a bare 429 until the minute is over', async () => {
  let now = Date.now();
  await using simulator = await createSimulator({
    profile: 'brightspace',
    tool: { jwksUrl: room.tool.jwksUrl },
    throttle: { credits: 30, perSeconds: 60, cost: 10 },
    now: () => now,
  });
  const audience = { aud: 'https://api.brightspace.com/auth/token' };
  const ask = async () => {
    const { status, headers } = await room.tool.askToken(
      simulator,
      await room.tool.assertion(simulator, audience),
    );
    return [status, headers['x-rate-limit-remaining'], headers['x-request-cost'], headers['retry-after']];
  };
  expect([await ask(), await ask(), await ask(), await ask()]).toEqual([
    [200, '20', '10', undefined],
    [200, '10', '10', undefined],
    [200, '0', '10', undefined],
    [429, '0', '10', undefined],
  ]);
  now += 60_000;
  simulator.setClockSkew(Date.now() - now);
  expect(await ask()).toEqual([200, '20', '10', undefined]);
});
