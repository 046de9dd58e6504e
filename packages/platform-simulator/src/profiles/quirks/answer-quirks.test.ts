import { ask, Client, on, score } from '../../testing/fake-tool.ts';
import { testQuirks } from '../../testing/quirk-cases.ts';
import { MEDIA_TYPES, SCOPES } from '../profile.ts';
import { ANSWER_QUIRKS } from './answer-quirks.ts';

testQuirks(ANSWER_QUIRKS, {
  contentTypeStrict: {
    probe: async ({ client, item }) => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify(score('student-1', 50));
      return (await client.send('POST', on(item, '/scores'), { headers, body })).status;
    },
    plain: 415,
    values: { on: 415, off: 204 },
  },
  acceptExact: {
    probe: async ({ client, lineItemsUrl }) => {
      const accepted = ['*/*', `${MEDIA_TYPES.lineItems}, application/json`, MEDIA_TYPES.lineItems];
      const answers = await Promise.all(accepted.map((accept) => client.get(lineItemsUrl, accept)));
      return answers.map(({ status }) => status);
    },
    plain: [200, 200, 200],
    values: { on: [406, 406, 200] },
  },
  authFailureStatus: {
    probe: async ({ tool, simulator, lineItemsUrl }) => {
      const narrow = new Client(await tool.token(simulator, SCOPES.score));
      return [(await ask(lineItemsUrl)).status, (await narrow.get(lineItemsUrl)).status];
    },
    plain: [401, 403],
    values: { 401: [401, 401], 403: [403, 403] },
  },
  errorBody: {
    probe: async ({ client, item }) => {
      const { status, body, reason } = await client.postScore(item, score('nobody', 50));
      return [status, body.startsWith('<') ? 'a page' : body, reason.includes('userUnknown')];
    },
    plain: [422, '{"error":"userUnknown","error_description":"user unknown"}', false],
    values: {
      canvasObject: [422, '{"errors":{"type":"unprocessable_entity","message":"userUnknown"}}', false],
      canvasList: [422, '{"errors":[{"message":"userUnknown"}]}', false],
      canvasFields: [422, '{"errors":[{"field":"grade","message":"userUnknown","error_code":null}]}', false],
      moodle: [422, '{"status":422,"reason":"userUnknown","request":{}}', true],
      moodleScore: [422, '[]', true],
      error: [422, '{"error":"userUnknown"}', false],
      detail: [422, '{"detail":"userUnknown"}', false],
      html: [422, 'a page', false],
      empty: [422, '', false],
    },
  },
  throttle: {
    options: { latencyMs: 50 },
    // Many at once: Canvas' bucket minds those in flight, the other one the count.
    probe: async ({ client, lineItemsUrl }) => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => client.get(lineItemsUrl)));
      const [refused] = answers.filter(({ status }) => status !== 200);
      const after = String(refused?.headers['retry-after'] ?? 'none');
      return {
        some: answers.some(({ status }) => status === 200),
        refused: refused?.status,
        after: after.endsWith('GMT') ? 'a date' : after,
        told: answers.every(({ headers }) => 'x-rate-limit-remaining' in headers),
      };
    },
    plain: { some: true, refused: undefined, after: 'none', told: false },
    values: {
      leakyBucket: { some: true, refused: 403, after: 'none', told: true },
      seconds: { some: true, refused: 429, after: '5', told: true },
      date: { some: true, refused: 429, after: 'a date', told: true },
      bare: { some: true, refused: 429, after: 'none', told: true },
    },
  },
});
