import { type Client, score } from '../../testing/fake-tool.ts';
import { testQuirks } from '../../testing/quirk-cases.ts';
import { MEDIA_TYPES } from '../profile.ts';
import { LINE_ITEM_QUIRKS } from './line-item-quirks.ts';

const made = { label: 'Made', scoreMaximum: 100 };

async function create(client: Client, lineItemsUrl: string, more: object = {}) {
  const { status, body } = await client.createItem(lineItemsUrl, { ...made, ...more });
  return { status, id: status < 300 ? (JSON.parse(body) as { id: string }).id : '' };
}

async function count(client: Client, url: string): Promise<number> {
  return (JSON.parse((await client.get(url, MEDIA_TYPES.lineItems)).body) as unknown[]).length;
}

testQuirks(LINE_ITEM_QUIRKS, {
  lineItemUrl: {
    probe: async ({ simulator, client, item }) => {
      const { pathname, search, origin } = new URL(item);
      const { status } = await client.postScore(item, score('student-1', 50));
      const shape = `${pathname}${search}`.replace(/[0-9a-f-]{36}/, '{uuid}');
      const isHere = origin === new URL(simulator.url).origin;
      return [shape, isHere, status, simulator.registration.serviceOrigins.includes(origin)];
    },
    plain: ['/courses/1/lineitems/1', true, 204, true],
    values: {
      query: ['/courses/1/lineitems/1?type_id=deployment-1', true, 204, true],
      trailingSlash: ['/courses/1/lineitems/1/', true, 204, true],
      uuid: ['/courses/1/lineitems/{uuid}', true, 204, true],
      foreignHost: ['/courses/1/lineitems/1', false, 204, true],
    },
  },
  lineItemFilters: {
    probe: async ({ client, lineItemsUrl }) => {
      await create(client, lineItemsUrl);
      return [
        await count(client, `${lineItemsUrl}?resource_link_id=link-1`),
        await count(client, `${lineItemsUrl}?lti_link_id=link-1`),
      ];
    },
    plain: [1, 2],
    values: { ltiLinkId: [2, 1], ignored: [2, 2] },
  },
  linkHeader: {
    probe: async ({ client, lineItemsUrl }) => {
      await create(client, lineItemsUrl);
      const { headers } = await client.get(`${lineItemsUrl}?limit=1&tag=`, MEDIA_TYPES.lineItems);
      const link = Buffer.from(String(headers.link), 'latin1').toString('utf8');
      return link.replace(/^<http:\/\/[^/]+/, '<http://host');
    },
    plain: '<http://host/courses/1/lineitems?limit=1&tag=&page=2>; rel="next"',
    values: {
      curly: '<http://host/courses/1/lineitems?limit=1&amp;tag=&amp;page=2>; rel=“next”',
      relative: '</courses/1/lineitems?limit=1&tag=&page=2>; rel="next"',
      none: 'undefined',
    },
  },
  createReturns: {
    probe: async ({ client, lineItemsUrl }) => (await create(client, lineItemsUrl)).status,
    plain: 201,
    values: { 200: 200 },
  },
  createRefuses: {
    probe: async ({ client, lineItemsUrl }) => [
      (await create(client, lineItemsUrl, { id: 'https://x.example/1' })).status,
      (await create(client, lineItemsUrl, { resourceLinkId: 'link-1' })).status,
      (await create(client, lineItemsUrl, { 'https://x.example/y': 1 })).status,
      (await create(client, lineItemsUrl, { tag: null })).status,
    ],
    plain: [201, 201, 201, 201],
    values: {
      id: [400, 201, 201, 201],
      resourceLinkId: [201, 400, 201, 201],
      unknownMembers: [400, 201, 400, 400],
    },
  },
  wholeMaximum: {
    probe: async ({ client, lineItemsUrl }) => [
      (await create(client, lineItemsUrl, { scoreMaximum: 12.5 })).status,
      (await create(client, lineItemsUrl, { scoreMaximum: 12 })).status,
    ],
    plain: [201, 201],
    values: { on: [400, 201] },
  },
  deleteCoupled: {
    probe: async ({ simulator, client, lineItemsUrl, item }) => {
      await client.postScore(item, score('student-1', 50));
      const { id } = await create(client, lineItemsUrl);
      const statuses = [(await client.deleteItem(item)).status, (await client.deleteItem(id)).status];
      const link = simulator.courses[0]!.resourceLinks[0]!;
      return [...statuses, link.lineItemUrl === undefined ? 'gone' : 'there'];
    },
    plain: [403, 204, 'there'],
    values: {
      refused: [403, 204, 'there'],
      destroysGrades: [204, 204, 'gone'],
      nothing: [403, 403, 'there'],
    },
  },
  maximumChange: {
    probe: async ({ simulator, client, item }) => {
      await client.postScore(item, score('student-1', 50));
      await client.putItem(item, { ...made, scoreMaximum: 10 });
      return simulator.cell(item, 'student-1')?.score;
    },
    plain: 50,
    values: { rescales: 5 },
  },
});
