import { describe, expect, it } from 'vitest';
import { response } from './testing/answers.ts';
import { vendorMessage } from './vendor-message.ts';

describe('vendorMessage', () => {
  it.each([
    [
      'Canvas',
      response(422, { errors: { type: 'unprocessable_entity', message: 'This course has concluded.' } }),
      'This course has concluded.',
    ],
    [
      'Canvas, list',
      response(404, { errors: [{ message: 'The specified resource does not exist.' }] }),
      'The specified resource does not exist.',
    ],
    [
      'Canvas, fields',
      response(422, {
        errors: [
          { field: 'grade', message: 'one', error_code: null },
          { message: 'two' },
          { message: 'one' },
        ],
      }),
      'one; two',
    ],
    [
      'Canvas, throttled',
      response(403, '403 Forbidden (Rate Limit Exceeded)\n', { reasonPhrase: 'Forbidden' }),
      '403 Forbidden (Rate Limit Exceeded)',
    ],
    ['Canvas, empty', response(404, '', { reasonPhrase: 'Not Found' }), 'Not Found'],
    [
      'Moodle',
      response(404, {
        status: 404,
        reason: "Not Found: Grade item 9 doesn't exist",
        request: { method: 'GET', detail: 'ours' },
      }),
      "Not Found: Grade item 9 doesn't exist",
    ],
    [
      'Moodle, 409',
      response(409, '[]', { reasonPhrase: 'Refusing score with an earlier timestamp for item 3 and user 4' }),
      'Refusing score with an earlier timestamp for item 3 and user 4',
    ],
    [
      'Moodle, repeating the body',
      response(400, '[]', { reasonPhrase: 'Incorrect score received{"userId":"42","comment":"Ann did well' }),
      'Incorrect score received',
    ],
    [
      'Moodle, bad JSON',
      response(400, '{ "error" : ""kid" invalid, unable to lookup correct key" }', {
        reasonPhrase: 'Bad Request',
      }),
      '{ "error" : ""kid" invalid, unable to lookup correct key" }',
    ],
    [
      'OAuth',
      response(400, { error: 'invalid_grant', error_description: 'Error validating assertion: aud' }),
      'invalid_grant: Error validating assertion: aud',
    ],
    ['OAuth, code alone', response(400, { error: 'invalid_scope' }), 'invalid_scope'],
    ['Sakai', response(400, { error: 'User does not belong to site' }), 'User does not belong to site'],
    ['Open edX', response(403, { detail: 'Invalid token signature.' }), 'Invalid token signature.'],
    [
      'Open edX, fields',
      response(400, { timestamp: ['Score already exists for the provided timestamp'] }),
      'timestamp: Score already exists for the provided timestamp',
    ],
    [
      'Schoology',
      response(400, { error: 'Invalid parameter "body.id": "id" is not allowed' }),
      'Invalid parameter "body.id": "id" is not allowed',
    ],
    ['text as JSON', response(400, '"No such user"'), 'No such user'],
    [
      'HTML',
      response(
        503,
        '<!DOCTYPE html><html><head><title>Down</title><style>p{color:red}</style></head><body><p>Back <b>soon</b></body></html>',
        { reasonPhrase: 'Service Unavailable' },
      ),
      'Down Back soon',
    ],
    ['markup in JSON', response(400, { message: 'a < b and <a href="x">this</a>' }), 'a < b and this'],
    ['a reason of its own', response(400, '<html>x</html>', { reasonPhrase: 'Nope' }), 'Nope'],
    ['nothing', response(500), ''],
    ['a success without words', response(200, { id: 'x' }), ''],
    ['control characters', response(400, 'a\u0000b\r\n\tc'), 'a b c'],
    [
      'a token',
      response(401, { message: 'Invalid access token eyJhbGciOi.eyJzdWIi.c2ln given' }),
      'Invalid access token [token] given',
    ],
    ['an encrypted token', response(401, 'Not ours: eyJhbGciOi.a-b.c_d.ZQ.Zg'), 'Not ours: [token]'],
  ])('%s', (_name, answer, expected) => {
    expect(vendorMessage(answer)).toBe(expected);
  });

  it('is at most 500 characters', () => {
    expect(vendorMessage(response(400, '𝒳'.repeat(501)))).toBe(`${'𝒳'.repeat(499)}…`);
    expect(vendorMessage(response(400, 'x'.repeat(500)))).toBe('x'.repeat(500));
  });

  it.each([
    [
      'escaped in a page',
      response(400, '<p>Incorrect score received{&quot;userId&quot;:&quot;ann&quot;}</p>'),
      'Incorrect score received',
    ],
    [
      'escaped by number',
      response(400, '<p>Bad score: { &#34;userId&#34;: &#34;ann&#34; }</p>'),
      'Bad score:',
    ],
    ['a string in a string', response(400, 'Bad score: {\\"userId\\":\\"ann\\"}'), 'Bad score:'],
    [
      'beside the words, with an extension of ours',
      response(400, { message: 'No', score: { userId: 'ann', 'https://x.test/e': { message: 'ann' } } }),
      'No',
    ],
    [
      'cut by the size limit',
      response(201, '{"userId":"ann","comment":"see me af', { truncated: true, reasonPhrase: 'Created' }),
      'Created',
    ],
  ])('leaves out a repeated score: %s', (_name, answer, expected) => {
    expect(vendorMessage(answer)).toBe(expected);
  });

  it('is quick on the worst text, in JSON as well', () => {
    const startedAt = performance.now();
    for (const piece of ['<', '<a', '{"', '{ ', 'eyJ', 'eyJ-', 'eyJa.', 'Bearer ', '<script', ' ']) {
      vendorMessage(response(400, piece.repeat(20_000)));
      vendorMessage(response(400, { message: piece.repeat(200_000) }));
    }
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it('is in our words when there was no answer', () => {
    const answer = {
      kind: 'noResponse',
      stage: 'score',
      code: 'DNS',
      maybeSeen: false,
      detail: 'no such host',
      durationMs: 1,
    } as const;
    expect(vendorMessage(answer)).toBe('no such host');
  });
});
