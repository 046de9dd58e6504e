import { expect, it } from 'vitest';
import { listMembers } from './members.ts';
import { response, scriptedSend } from './testing/answers.ts';

const membershipsUrl = 'https://bb.example/namesandroles/_220_1?groups=true';

it('listMembers reads all pages, in our words', async () => {
  const { send, requests } = scriptedSend(
    response(
      200,
      {
        id: 'x',
        context: { id: 'c' },
        members: [
          {
            user_id: 'u1',
            roles: ['Learner', 7],
            name: 'Ann Lee',
            given_name: 'Ann',
            family_name: 'Lee',
            email: 'a@x.example',
            lis_person_sourcedid: 's1',
            status: 'Inactive',
            picture: 'p',
          },
        ],
      },
      { headers: { link: '<https://bb.example/namesandroles/_220_1?groups=true&from=1>; rel="next"' } },
    ),
    response(200, { members: [{ user_id: 2, email: '' }, { roles: [] }, null] }),
  );
  const options = {
    membershipsUrl,
    role: 'http://purl.imsglobal.org/vocab/lis/v2/membership#Learner',
    resourceLinkId: 'l1',
    limit: 1,
  };
  expect(await listMembers({ ...options, accessToken: 't', send })).toEqual({
    ok: true,
    pages: 2,
    items: [
      {
        userId: 'u1',
        status: 'Inactive',
        roles: ['Learner'],
        name: 'Ann Lee',
        givenName: 'Ann',
        familyName: 'Lee',
        email: 'a@x.example',
        sourcedId: 's1',
      },
      { userId: '2', status: 'Active', roles: [] },
    ],
  });
  expect(requests[0]).toMatchObject({
    stage: 'membership',
    url: `${membershipsUrl}&role=${encodeURIComponent(options.role)}&rlid=l1&limit=1`,
    headers: { accept: 'application/vnd.ims.lti-nrps.v2.membershipcontainer+json' },
  });
});

it.each([[[]], [{}], [{ members: 'none' }]])('listMembers does not take %j for a roster', async (body) => {
  const { send } = scriptedSend(response(200, body));
  expect(await listMembers({ membershipsUrl, accessToken: 't', send })).toMatchObject({
    ok: false,
    problem: 'the answer is not a list',
  });
});
