import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createLineItem, deleteLineItem, getLineItem, listLineItems, updateLineItem } from './line-items.ts';
import type { NoResponse } from './messages.ts';
import { response, scriptedSend } from './testing/answers.ts';
import { localClient } from './testing/local-client.ts';
import { answer, bodyOf, httpServer } from './testing/local-server.ts';

const ITEM = 'application/vnd.ims.lis.v2.lineitem+json';
const LIST = 'application/vnd.ims.lis.v2.lineitemcontainer+json';

function item(id: number, rest: object = {}): Record<string, unknown> {
  return { id: `https://lms.example/items/${id}`, label: `Item ${id}`, scoreMaximum: 10, ...rest };
}

/** A server that gives one page per path and query; anything else is 404. */
function pages(byUrl: Record<string, { body: unknown; link?: string | string[] }>, seen: string[] = []) {
  return httpServer((request: IncomingMessage, reply: ServerResponse) => {
    seen.push(request.url!);
    const page = byUrl[request.url!];
    if (!page) return answer(request, reply, 404, 'no such page');
    const link = ([] as string[])
      .concat(page.link ?? [])
      .map((value) => Buffer.from(value).toString('latin1'));
    answer(request, reply, 200, page.body, link.length > 0 ? { link } : {});
  });
}

describe('listLineItems', () => {
  it('asks with every filter, one media type and what the URL had', async () => {
    const { send, requests } = scriptedSend(response(200, []));
    await listLineItems({
      lineItemsUrl: 'https://m.example/2/lineitems?type_id=7',
      filter: { resourceLinkId: 'l 1', resourceId: 'r&1', tag: 'é' },
      limit: 50,
      accessToken: 'token',
      send,
    });
    expect(requests).toEqual([
      {
        stage: 'lineItem',
        method: 'GET',
        url: 'https://m.example/2/lineitems?type_id=7&resource_link_id=l%201&resource_id=r%261&tag=%C3%A9&limit=50',
        headers: { accept: LIST, authorization: 'Bearer token' },
      },
    ]);
  });

  it('follows pages as platforms link them', async () => {
    const seen: string[] = [];
    await using http = localClient();
    await using server = await pages(
      {
        '/l?type_id=7': { body: [item(1)], link: ['</l?type_id=7&page=2>; rel=next', '</l>; rel=first'] },
        '/l?type_id=7&page=2': {
          body: [item(2)],
          link: '<?type_id=7&amp;from=3>; rel=“next”, <?type_id=7&amp;from=0>; rel=“prev”',
        },
        '/l?type_id=7&from=3': { body: [item(2), item(3)], link: '</l?type_id=7>; rel="first"' },
      },
      seen,
    );
    const reading = await listLineItems({ lineItemsUrl: `${server.url}/l?type_id=7`, ...http });
    expect(reading).toEqual({ ok: true, pages: 3, items: [item(1), item(2), item(3)] });
    expect(seen).toEqual(['/l?type_id=7', '/l?type_id=7&page=2', '/l?type_id=7&from=3']);
  });

  it('keeps the token when the next page is on another origin', async () => {
    await using http = localClient();
    await using elsewhere = await pages({});
    await using server = await pages({ '/l': { body: [item(1)], link: `<${elsewhere.url}/l>; rel="next"` } });
    const reading = await listLineItems({ lineItemsUrl: `${server.url}/l`, ...http });
    expect(reading).toMatchObject({ ok: false, reason: 'ORIGIN_NOT_ALLOWED', answer: { status: 200 } });
    expect(elsewhere.received()).toBe('');
  });

  it.each([
    ['another scheme', 'https://127.0.0.1:PORT/l'],
    ['another host name', 'http://localhost:PORT/l'],
    ['a host in front', 'http://127.0.0.1:PORT@lms.example/l'],
    ['no scheme', '//lms.example/l'],
    ['a script', 'javascript:alert(1)'],
  ])('takes %s for another origin', async (_name, next) => {
    await using http = localClient();
    const byUrl = { '/l': { body: [], link: '' } };
    await using server = await pages(byUrl);
    byUrl['/l'].link = `<${next.replace('PORT', `${server.port}`)}>; rel="next"`;
    const reading = await listLineItems({ lineItemsUrl: `${server.url}/l`, ...http });
    expect(reading).toMatchObject({ ok: false, reason: 'ORIGIN_NOT_ALLOWED' });
  });

  it('ends when pages lead in a circle', async () => {
    await using http = localClient();
    await using server = await pages({
      '/l': { body: [item(1)], link: '</l?p=2>; rel=next' },
      '/l?p=2': { body: [item(2)], link: '</l#again>; rel=next' },
    });
    const reading = await listLineItems({ lineItemsUrl: `${server.url}/l`, ...http });
    expect(reading).toEqual({ ok: true, pages: 2, items: [item(1), item(2)], truncated: true });
  });

  it('ends at the page cap', async () => {
    await using http = localClient();
    await using server = await httpServer((request, reply) => {
      const page = Number(new URL(request.url!, 'http://x').searchParams.get('p'));
      answer(request, reply, 200, [item(page)], { link: `<?p=${page + 1}>; rel=next` });
    });
    const reading = await listLineItems({ lineItemsUrl: `${server.url}/l`, maxPages: 3, ...http });
    expect(reading).toEqual({ ok: true, pages: 3, items: [item(0), item(1), item(2)], truncated: true });
  });

  it('ends when the pages are too much together', async () => {
    const huge = `[]${' '.repeat(20_000_000)}`;
    const page = (next: number) => response(200, huge, { headers: { link: `<?p=${next}>; rel=next` } });
    const { send } = scriptedSend(page(1), page(2));
    const reading = await listLineItems({ lineItemsUrl: 'https://lms.example/l', accessToken: 't', send });
    expect(reading).toEqual({ ok: true, pages: 2, items: [], truncated: true });
  });

  it('filters again what the platform did not', async () => {
    const items = [
      item(1, { resourceLinkId: 'l1', resourceId: 'r1', tag: 'a' }),
      item(2, { resourceLinkId: 'l2', resourceId: 'r1', tag: 'a' }),
      item(3, { resourceId: 'r1', tag: 'a' }),
      item(4, { resourceLinkId: 'l1', resourceId: 'r2', tag: 'a' }),
      item(5, { resourceLinkId: 'l1', resourceId: 'r1', tag: '' }),
      item(6, { resourceLinkId: 'l1', resourceId: 'r1' }),
    ];
    const list = async (filter: object) => {
      const { send } = scriptedSend(response(200, items));
      const reading = await listLineItems({
        lineItemsUrl: 'https://lms.example/l',
        filter,
        accessToken: 't',
        send,
      });
      return reading.ok && reading.items.map(({ id }) => Number(id.split('/').at(-1)));
    };
    expect(await list({ resourceLinkId: 'l1', resourceId: 'r1', tag: 'a' })).toEqual([1, 3]);
    expect(await list({ resourceLinkId: 'l1' })).toEqual([1, 3, 4, 5, 6]);
    expect(await list({ tag: '' })).toEqual([5, 6]);
    expect(await list({ resourceId: 'r2' })).toEqual([4]);
    expect(await list({})).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('reads odd line items and leaves unusable ones out', async () => {
    const { send } = scriptedSend(
      response(200, [
        { id: '/items/1', label: null, scoreMaximum: '7.5', resourceLinkId: 12, tag: null, extra: [1] },
        { id: 'https://LMS.example/Items/2' },
        { id: '' },
        { id: 'javascript:alert(1)' },
        { id: 3 },
        null,
        'text',
      ]),
    );
    const reading = await listLineItems({ lineItemsUrl: 'https://lms.example/l', accessToken: 't', send });
    expect(reading).toEqual({
      ok: true,
      pages: 1,
      items: [
        { id: 'https://lms.example/items/1', label: '', scoreMaximum: 7.5, resourceLinkId: '12', extra: [1] },
        { id: 'https://LMS.example/Items/2', label: '', scoreMaximum: 0 },
      ],
    });
  });

  it.each([
    ['an error', response(403, { message: 'no' }), 'status 403'],
    ['a redirect', response(302), 'status 302'],
    ['HTML', response(200, '<html>'), 'the answer is HTML instead of JSON'],
    ['no JSON', response(200, '[{'), 'the answer is not JSON'],
    ['too much', response(200, '[{', { truncated: true }), 'the answer is longer than the limit'],
    ['an object', response(200, {}), 'the answer is not a list'],
  ])('%s on a later page fails the whole list', async (_name, failure, problem) => {
    const first = response(200, [item(1)], { headers: { link: '<?p=2>; rel=next' } });
    const { send } = scriptedSend(first, failure);
    const reading = await listLineItems({ lineItemsUrl: 'https://lms.example/l', accessToken: 't', send });
    expect(reading).toEqual({ ok: false, answer: failure, problem });
  });

  it('says when there was no answer', async () => {
    const lost: NoResponse = {
      kind: 'noResponse',
      stage: 'lineItem',
      code: 'RESET',
      maybeSeen: true,
      detail: 'the connection broke',
      durationMs: 1,
    };
    const { send } = scriptedSend(lost);
    const reading = await listLineItems({ lineItemsUrl: 'https://lms.example/l', accessToken: 't', send });
    expect(reading).toEqual({ ok: false, answer: lost, problem: 'the connection broke' });
  });
});

interface Seen {
  method: string | undefined;
  url: string | undefined;
  accept: string | undefined;
  contentType: string | undefined;
  authorization: string | undefined;
  body: string;
}

/** A server that keeps what it was sent and gives the answers in turn. */
function keeping(seen: Seen[], ...answers: [status: number, body?: unknown][]) {
  return httpServer(async (request, reply) => {
    const { accept, authorization, 'content-type': contentType } = request.headers;
    const { method, url } = request;
    seen.push({ method, url, accept, contentType, authorization, body: await bodyOf(request) });
    const [status, body = ''] = answers.shift() ?? [500];
    reply.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}

describe('getLineItem', () => {
  it('reads one', async () => {
    const seen: Seen[] = [];
    await using http = localClient();
    await using server = await keeping(seen, [200, item(1, { ltiLinkId: '5' })]);
    const reading = await getLineItem({ lineItemUrl: `${server.url}/i/1?type_id=7`, ...http });
    expect(reading).toEqual({ ok: true, value: item(1, { ltiLinkId: '5' }) });
    expect(seen).toEqual([
      {
        method: 'GET',
        url: '/i/1?type_id=7',
        accept: ITEM,
        contentType: undefined,
        authorization: 'Bearer token',
        body: '',
      },
    ]);
  });

  it('says what is wrong', async () => {
    const { send } = scriptedSend(response(404), response(200, [item(1)]));
    const options = { lineItemUrl: 'https://lms.example/i', accessToken: 't', send };
    expect(await getLineItem(options)).toMatchObject({ ok: false, problem: 'status 404' });
    expect(await getLineItem(options)).toMatchObject({ ok: false, problem: 'the answer is not a line item' });
  });
});

describe('createLineItem', () => {
  it('posts without an id and reads what was made, whatever the 2xx', async () => {
    const seen: Seen[] = [];
    await using http = localClient();
    await using server = await keeping(seen, [200, item(9)]); // 200: Sakai
    const lineItem = { id: 'https://lms.example/mine', label: 'Quiz', scoreMaximum: 5, resourceId: 'r1' };
    const reading = await createLineItem({ lineItemsUrl: `${server.url}/l?type_id=7`, lineItem, ...http });
    expect(reading).toEqual({ ok: true, value: item(9) });
    expect(seen).toEqual([
      {
        method: 'POST',
        url: '/l?type_id=7',
        accept: ITEM,
        contentType: ITEM,
        authorization: 'Bearer token',
        body: '{"label":"Quiz","scoreMaximum":5,"resourceId":"r1"}',
      },
    ]);
  });

  it('is not done when the answer names no line item', async () => {
    const { send } = scriptedSend(response(201, ''));
    const options = { lineItemsUrl: 'https://lms.example/l', lineItem: { label: 'a', scoreMaximum: 1 } };
    const reading = await createLineItem({ ...options, accessToken: 't', send });
    expect(reading).toMatchObject({ ok: false, answer: { status: 201 }, problem: 'the answer is empty' });
  });
});

describe('updateLineItem', () => {
  it('puts back everything it got, changed, but for the id', async () => {
    const seen: Seen[] = [];
    const current = item(1, {
      tag: 't',
      resourceId: '',
      'https://vendor.example/x': { deep: [null] },
      scoreMaximum: '10',
    });
    await using http = localClient();
    await using server = await keeping(seen, [200, current], [200, item(1, { label: 'New' })]);
    const reading = await updateLineItem({
      lineItemUrl: `${server.url}/i?a=1`,
      changes: { label: 'New' },
      ...http,
    });
    expect(reading).toEqual({ ok: true, value: item(1, { label: 'New' }) });
    expect(seen.map(({ method, url, contentType }) => [method, url, contentType])).toEqual([
      ['GET', '/i?a=1', undefined],
      ['PUT', '/i?a=1', ITEM],
    ]);
    expect(JSON.parse(seen[1]!.body)).toEqual({
      label: 'New',
      scoreMaximum: '10',
      tag: 't',
      resourceId: '',
      'https://vendor.example/x': { deep: [null] },
    });
  });

  it('leaves out what is null, there or in the changes', async () => {
    const current = item(1, { startDateTime: null, endDateTime: '2027-01-31T12:00:00Z' });
    const { send, requests } = scriptedSend(response(200, current), response(204));
    const lineItemUrl = 'https://lms.example/items/1';
    await updateLineItem({ lineItemUrl, changes: { endDateTime: null }, accessToken: 't', send });
    expect(JSON.parse(requests[1]!.body!)).toEqual({ label: 'Item 1', scoreMaximum: 10 });
  });

  it('does not need the line item repeated', async () => {
    const { send } = scriptedSend(response(200, item(1)), response(204));
    const options = {
      lineItemUrl: 'https://lms.example/items/1',
      changes: { label: 'New' },
      accessToken: 't',
      send,
    };
    expect(await updateLineItem(options)).toEqual({ ok: true, value: item(1, { label: 'New' }) });
  });

  it('puts nothing when it cannot read the line item', async () => {
    const { send, requests } = scriptedSend(response(200, '<html>'));
    const options = {
      lineItemUrl: 'https://lms.example/items/1',
      changes: { label: 'New' },
      accessToken: 't',
      send,
    };
    expect(await updateLineItem(options)).toMatchObject({ ok: false, answer: { status: 200 } });
    expect(requests).toHaveLength(1);
  });

  it('says when the change is refused', async () => {
    const { send } = scriptedSend(response(200, item(1)), response(400));
    const options = {
      lineItemUrl: 'https://lms.example/items/1',
      changes: { label: 'New' },
      accessToken: 't',
      send,
    };
    expect(await updateLineItem(options)).toMatchObject({ ok: false, answer: { status: 400 } });
  });
});

describe('deleteLineItem', () => {
  it('deletes', async () => {
    const seen: Seen[] = [];
    await using http = localClient();
    await using server = await keeping(seen, [204], [404, { reason: 'gone' }]);
    const options = { lineItemUrl: `${server.url}/i?type_id=7`, ...http };
    expect(await deleteLineItem(options)).toEqual({ ok: true, value: null });
    expect(await deleteLineItem(options)).toMatchObject({
      ok: false,
      problem: 'status 404',
      answer: { status: 404 },
    });
    expect(seen[0]).toMatchObject({ method: 'DELETE', url: '/i?type_id=7', accept: ITEM, body: '' });
  });
});
