import { on, score } from '../../testing/fake-tool.ts';
import { type Bench, testQuirks } from '../../testing/quirk-cases.ts';
import { MEDIA_TYPES } from '../profile.ts';
import { READING_QUIRKS } from './reading-quirks.ts';

const user = 'student-1';
const endpointClaim = 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint';
const customClaim = 'https://purl.imsglobal.org/spec/lti/claim/custom';
const contextClaim = 'https://purl.imsglobal.org/spec/lti/claim/context';

async function members({ client, membershipsUrl }: Bench) {
  const { status, body } = await client.get(membershipsUrl, MEDIA_TYPES.memberships);
  return { status, members: status === 200 ? (JSON.parse(body).members as object[]) : [] };
}

async function grade({ client, item }: Bench, userId: string): Promise<void> {
  await client.postScore(item, score(userId, 50, { comment: 'good' }));
}

const launched = async ({ simulator }: Bench) =>
  (await simulator.launch({ userId: user, resourceLinkId: 'link-1' })).claims;

testQuirks(READING_QUIRKS, {
  resultsOfUser: {
    probe: async (bench) => {
      const { client, item } = bench;
      await grade(bench, user);
      await grade(bench, 'student-2');
      const looks = [
        on(item, '/results?user_id=student-1'),
        on(item, '/results/student-1'),
        on(item, '/results/'),
      ];
      const answers = await Promise.all(looks.map((url) => client.get(url, MEDIA_TYPES.results)));
      return answers.map(({ status, body }) => {
        const json: unknown = status === 200 ? JSON.parse(body) : undefined;
        return status === 200 ? (Array.isArray(json) ? json.length : 'an object') : status;
      });
    },
    plain: [1, 404, 404],
    values: { path: [2, 'an object', 2], slash: [301, 1, 2] },
  },
  resultsOfAll: {
    probe: async (bench) => {
      await grade(bench, user);
      const rows = JSON.parse((await bench.client.results(bench.item)).body) as { resultScore?: number }[];
      return [rows.length, rows.filter(({ resultScore }) => resultScore !== undefined).length];
    },
    plain: [1, 1],
    values: { on: [31, 1] },
  },
  resultsLimit: {
    probe: async ({ client, item }) => [
      (await client.results(item)).status,
      (await client.results(item, 'limit=10')).status,
    ],
    plain: [200, 200],
    values: { breaks: [200, 400] },
  },
  resultsOfNobody: {
    probe: async (bench) => {
      await grade(bench, user);
      const statusOf = async (id: string) => (await bench.client.results(bench.item, `user_id=${id}`)).status;
      return [await statusOf(user), await statusOf('student-2')];
    },
    plain: [200, 200],
    values: { notFound: [200, 404] },
  },
  filteredComments: {
    probe: async (bench) => {
      await grade(bench, user);
      const commentOf = async (query: string) =>
        (JSON.parse((await bench.client.results(bench.item, query)).body) as { comment?: string }[])[0]
          ?.comment;
      return [await commentOf(''), await commentOf(`user_id=${user}`)];
    },
    plain: ['good', 'good'],
    values: { dropped: ['good', undefined] },
  },
  nrpsMaxPage: {
    options: { courses: [{ students: 120 }] },
    probe: async (bench) => (await members(bench)).members.length,
    plain: 121,
    values: { 50: 50, 100: 100, all: 121 },
  },
  rosterLimit: {
    probe: async (bench) => (await members(bench)).status,
    plain: 200,
    values: { 10: 403 },
  },
  rosterNames: {
    probe: async (bench) => Object.keys((await members(bench)).members[0]!).sort(),
    plain: ['email', 'family_name', 'given_name', 'name', 'roles', 'status', 'user_id'],
    values: { withheld: ['roles', 'status', 'user_id'] },
  },
  rosterUrl: {
    probe: async ({ client, membershipsUrl }) => {
      const url = new URL(membershipsUrl);
      url.searchParams.set('limit', '5');
      const { headers, status } = await client.get(url.href, MEDIA_TYPES.memberships);
      return [status, new URL(membershipsUrl).search, String(headers.link).includes('groups=true')];
    },
    plain: [200, '', false],
    values: { query: [200, '?groups=true', true] },
  },
  severalItems: {
    probe: async (bench) => {
      const { client, lineItemsUrl } = bench;
      const named = async () => 'lineitem' in ((await launched(bench))[endpointClaim] as object);
      const before = await named();
      await client.createItem(lineItemsUrl, { label: 'B', scoreMaximum: 1, resourceLinkId: 'link-1' });
      return [before, await named()];
    },
    plain: [true, false],
    values: { first: [true, true] },
  },
  linksWithoutItem: {
    probe: async (bench) => {
      const claim = (await launched(bench))[endpointClaim] as object;
      return ['lineitem' in claim, 'lineitems' in claim];
    },
    plain: [true, true],
    values: { on: [false, true] },
  },
  contextId: {
    probe: async (bench) => ((await launched(bench))[contextClaim] as { id: string }).id === bench.courseId,
    plain: true,
    values: { other: false },
  },
  issuer: {
    probe: async (bench) => {
      const { iss } = await launched(bench);
      const { url, registration } = bench.simulator;
      return [iss === registration.issuer, iss === url];
    },
    plain: [true, true],
    values: { shared: [true, false] },
  },
  customNames: {
    probe: async ({ simulator }) => {
      const request = { userId: user, resourceLinkId: 'link-1', custom: { dueAt: 'X' } };
      return (await simulator.launch(request)).claims[customClaim];
    },
    plain: { dueAt: 'X' },
    values: { lowerCase: { dueat: 'X' } },
  },
});
