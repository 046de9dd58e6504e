import { describe, expect, it } from 'vitest';
import { listResults, type ResultsAccess } from './results.ts';
import { response, scriptedSend } from './testing/answers.ts';

const lineItemUrl = 'https://m.example/i?type_id=7';

it('listResults reads all pages', async () => {
  const { send, requests } = scriptedSend(
    response(
      200,
      [
        {
          id: 'r1',
          userId: 1,
          resultScore: '3.5',
          resultMaximum: 10,
          comment: 'ok',
          scoreOf: lineItemUrl,
          timestamp: 't',
          x: 1,
        },
      ],
      {
        headers: { link: '<?p=2>; rel="next"' },
      },
    ),
    response(200, [
      { id: 'r2', userId: '2', resultScore: null, resultMaximum: '' },
      { userId: '' },
      {},
      null,
    ]),
  );
  expect(await listResults({ lineItemUrl, limit: 10, accessToken: 't', send })).toEqual({
    ok: true,
    pages: 2,
    items: [
      {
        id: 'r1',
        userId: '1',
        resultScore: 3.5,
        resultMaximum: 10,
        comment: 'ok',
        scoreOf: lineItemUrl,
        timestamp: 't',
      },
      { id: 'r2', userId: '2' },
      { userId: '' },
    ],
  });
  expect(requests[0]).toMatchObject({
    stage: 'result',
    url: 'https://m.example/i/results?type_id=7&limit=10',
    headers: { accept: 'application/vnd.ims.lis.v2.resultcontainer+json' },
  });
});

it('listResults gives only the user asked for, whatever the platform made of it', async () => {
  const { send, requests } = scriptedSend(
    response(200, [{ userId: 1 }, { userId: 'a b' }, { userId: 'A B' }]),
  );
  const reading = await listResults({ lineItemUrl, userId: 'a b', accessToken: 't', send });
  expect(reading).toEqual({ ok: true, pages: 1, items: [{ userId: 'a b' }] });
  expect(requests[0]?.url).toBe('https://m.example/i/results?type_id=7&user_id=a%20b');
});

it('listResults fails with the answer that failed', async () => {
  const answer = response(404, 'Not here');
  const { send } = scriptedSend(answer);
  expect(await listResults({ lineItemUrl, accessToken: 't', send })).toEqual({
    ok: false,
    answer,
    problem: 'status 404',
  });
});

describe('listResults of one user', () => {
  it.each<[ResultsAccess, string, string]>([
    [{}, '42', '/i/results?type_id=7&user_id=42&limit=10'],
    [{ ofUser: 'whole' }, '42', '/i/results?type_id=7&limit=10'],
    // xblock-lti-consumer plugin/views.py: `results/(?P<user_id>[^/.]+)?`
    [{ ofUser: 'path', slash: true }, 'a b', '/i/results/a%20b?type_id=7'],
    [{ ofUser: 'path', slash: true }, 'a.b', '/i/results/?type_id=7&limit=10'],
  ])('%j: %s', async (access, userId, path) => {
    const { send, requests } = scriptedSend(response(200, [{ userId: 'x' }, { userId }]));
    const reading = await listResults({ lineItemUrl, userId, limit: 10, access, accessToken: 't', send });
    expect(reading).toMatchObject({ ok: true, items: [{ userId }] });
    expect(requests[0]?.url).toBe(`https://m.example${path}`);
  });

  it('takes an object that is in no list', async () => {
    const { send } = scriptedSend(response(200, { userId: '42', resultScore: 1 }));
    const reading = await listResults({ lineItemUrl, userId: '42', accessToken: 't', send });
    expect(reading).toMatchObject({ ok: true, items: [{ userId: '42', resultScore: 1 }] });
  });

  it('looks among all when there is nothing under the user', async () => {
    const { send, requests } = scriptedSend(response(404), response(200, [{ userId: '1' }]));
    const reading = await listResults({ lineItemUrl, userId: '42', accessToken: 't', send });
    expect(reading).toEqual({ ok: true, pages: 1, items: [] });
    expect(requests[1]?.url).toBe('https://m.example/i/results?type_id=7');
  });

  it('fails when the line item is not there either', async () => {
    const { send } = scriptedSend(response(404, 'no user'), response(404, 'no column'));
    const reading = await listResults({ lineItemUrl, userId: '42', accessToken: 't', send });
    expect(reading).toMatchObject({ ok: false, answer: { body: 'no column' } });
  });
});

it('an object without a user is no list of results', async () => {
  const { send } = scriptedSend(response(200, { error: 'no' }));
  expect(await listResults({ lineItemUrl, accessToken: 't', send })).toMatchObject({ ok: false });
});

it('listResults reads a page of as many results as fit an answer', async () => {
  const { send } = scriptedSend(
    response(
      200,
      Array.from({ length: 200_000 }, (_, i) => ({ userId: i })),
    ),
  );
  const reading = await listResults({ lineItemUrl, accessToken: 't', send });
  expect(reading.ok && reading.items.length).toBe(200_000);
});
