import { describe, expect, test } from 'vitest';
import { score } from '../../testing/fake-tool.ts';
import { moodleRoom, user } from '../../testing/moodle-room.ts';

const room = moodleRoom();

describe('line items', () => {
  const list = async (query = '') =>
    JSON.parse((await room.client.get(room.lineItemsUrl + query)).body) as { label: string }[];
  const create = (item: unknown) => room.client.createItem(room.lineItemsUrl, item);

  test('POST: 201, no Location, the request echoed with the id; not kept: dates and unknown members', async () => {
    const answer = await create({
      label: 'New',
      scoreMaximum: 10,
      startDateTime: '2026-01-01T00:00:00Z',
      other: 1,
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBeUndefined();
    const echoed = JSON.parse(answer.body);
    expect(echoed).toMatchObject({ label: 'New', startDateTime: '2026-01-01T00:00:00Z', other: 1 });
    const read = await room.client.get(echoed.id);
    expect(JSON.parse(read.body)).toEqual({
      id: echoed.id,
      label: 'New',
      scoreMaximum: 10,
      resourceId: '',
      tag: '',
    });
  });

  test('an activity’s item shows resourceLinkId and ltiLinkId', async () => {
    const read = JSON.parse((await room.client.get(room.activity)).body);
    expect(read).toMatchObject({ resourceLinkId: '1', ltiLinkId: '1' });
  });

  test('the same resourceId ten times at once: ten columns', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => create({ label: 'Dup', scoreMaximum: 1, resourceId: 'same' })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(201));
    expect(await list('&resource_id=same')).toHaveLength(10);
  });

  test.each<[unknown, number]>([
    [{ scoreMaximum: 1 }, 400],
    [{ label: 'x' }, 400],
    ['{', 400],
    [{ label: '', scoreMaximum: 1 }, 201],
    [{ label: 'x', scoreMaximum: 0 }, 201],
    [{ label: 'x', scoreMaximum: -5 }, 201],
    [{ label: 'x', scoreMaximum: '15' }, 201],
    [{ label: 'x', scoreMaximum: 1, resourceLinkId: '99' }, 403],
    [{ label: 'x', scoreMaximum: 1, resourceLinkId: '2' }, 403],
    [{ label: 'x', scoreMaximum: 1, resourceLinkId: 'abc' }, 502],
    [{ label: 'x'.repeat(256), scoreMaximum: 1 }, 502],
    [{ label: 'x', scoreMaximum: 1e7 }, 502],
  ])('POST %j: %i', async (item, status) => {
    const before = room.simulator.state().lineItems.length;
    expect((await create(item)).status).toBe(status);
    expect(room.simulator.state().lineItems.length).toBe(before + (status === 201 ? 1 : 0));
  });

  test.each([{ resourceId: 'x'.repeat(513) }, { tag: 'x'.repeat(256) }])(
    'too long for the service’s table: 502, and an orphan column the tool cannot see',
    async (long) => {
      const seen = (await list()).length;
      expect((await create({ label: 'Orphan', scoreMaximum: 1, ...long })).status).toBe(502);
      expect(await list()).toHaveLength(seen);
      expect(room.simulator.state().lineItems.at(-1)).toMatchObject({ label: 'Orphan', origin: 'orphan' });
    },
  );

  test('filters are exact and combine; an empty resource_id finds those without', async () => {
    await create({ label: 'Bare', scoreMaximum: 1 });
    const labels = async (query: string) => (await list(query)).map((item) => item.label);
    expect(await labels('&resource_id=r')).toEqual(['Made']);
    expect(await labels('&resource_id=r&tag=t')).toEqual(['Made']);
    expect(await labels('&resource_id=r&tag=u')).toEqual([]);
    expect(await labels('&resource_link_id=1')).toEqual(['Activity']);
    expect(await labels('&lti_link_id=1')).toEqual(['Activity']);
    expect(await labels('&tag=unknown')).toEqual([]);
    expect(await labels('&resource_id=')).toEqual(['Bare']);
  });

  test('paging: limit and from; Link with curly quotes and &amp;, which followed as sent gives all again', async () => {
    for (let n = 0; n < 4; n += 1) await create({ label: `P${n}`, scoreMaximum: 1 });
    expect((await room.client.get(room.lineItemsUrl)).headers.link).toBeUndefined();
    for (const limit of ['0', '-1', 'abc']) expect(await list(`&limit=${limit}`)).toHaveLength(6);
    expect(await list('&limit=2&from=99')).toEqual([]);
    expect((await list('&limit=2&page=2')).map((item) => item.label)).toEqual(['Activity', 'Made']);
    const answer = await room.client.get(`${room.lineItemsUrl}&limit=2&from=2`);
    const link = Buffer.from(String(answer.headers.link), 'latin1').toString('utf8');
    expect(link.match(/rel=“(\w+)”/g)).toEqual(
      ['first', 'prev', 'canonical', 'next', 'last'].map((rel) => `rel=“${rel}”`),
    );
    const next = /<([^>]+)>; rel=“next”/.exec(link)?.[1] ?? '';
    expect(next).toContain('&amp;from=4');
    expect(JSON.parse((await room.client.get(next)).body)).toHaveLength(6);
    const repaired = next.replaceAll('&amp;', '&');
    expect(
      JSON.parse((await room.client.get(repaired)).body).map((item: { label: string }) => item.label),
    ).toEqual(['P2', 'P3']);
  });

  test('PUT: echo with the id; what is left out is erased; grades keep their percentage', async () => {
    await room.client.postScore(room.created, score(user, 50, { scoreMaximum: 100 }));
    expect(room.grade(room.created)?.score).toBe(30);
    const answer = await room.client.putItem(room.created, { label: 'Renamed', scoreMaximum: 30 });
    expect(JSON.parse(answer.body)).toEqual({ id: room.created, label: 'Renamed', scoreMaximum: 30 });
    expect(room.grade(room.created)?.score).toBe(15);
    expect(JSON.parse((await room.client.get(room.created)).body)).toMatchObject({ resourceId: '', tag: '' });
    expect((await room.client.putItem(room.created, { label: 'x' })).status).toBe(400);
    expect((await room.client.putItem(room.activity, { label: 'Act', scoreMaximum: 60 })).status).toBe(200);
  });

  test('DELETE: 204 with reason OK, an activity’s own as well; afterwards everything is 404', async () => {
    for (const url of [room.created, room.activity]) {
      const answer = await room.client.deleteItem(url);
      expect([answer.status, answer.reason]).toEqual([204, 'OK']);
      expect((await room.client.deleteItem(url)).status).toBe(404);
    }
    expect((await room.client.get(room.created)).status).toBe(404);
    expect((await room.client.postScore(room.created, score(user, 1))).status).toBe(404);
    expect((await room.client.results(room.created)).status).toBe(404);
  });

  test('id abc: 502; by another course’s path it is served with that path', async () => {
    expect((await room.client.get(room.created.replace(/lineitems\/\d+/, 'lineitems/abc'))).status).toBe(502);
    const elsewhere = room.created.replace('/services.php/1/', '/services.php/2/');
    expect(JSON.parse((await room.client.get(elsewhere)).body).id).toBe(elsewhere);
  });

  test('another tool’s activity: GET 200, score 403', async () => {
    const other = room.simulator.courses[0]!.resourceLinks[1]!.lineItemUrl!;
    expect((await room.client.get(other)).status).toBe(200);
    const refused = await room.client.postScore(other, score(user, 1));
    expect([refused.status, refused.reason]).toEqual([403, 'Invalid LTI id supplied.']);
  });
});
