import { expect, it } from 'vitest';
import { listResults } from './results.ts';
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
