import { describe, expect, it } from 'vitest';
import { response } from './testing/answers.ts';
import { readTokenResponse, tokenRequest } from './token.ts';
import { SCOPES } from './vocabulary.ts';

const ASKED = [SCOPES.score, SCOPES.lineItem];

describe('tokenRequest', () => {
  it('is a form with the assertion and the scopes', () => {
    const request = tokenRequest({
      tokenUrl: 'https://lms.example/token?t=1',
      assertion: 'a.b-c.d_e',
      scopes: ASKED,
    });
    expect(request).toMatchObject({
      stage: 'token',
      method: 'POST',
      url: 'https://lms.example/token?t=1',
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(Object.fromEntries(new URLSearchParams(request.body))).toEqual({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: 'a.b-c.d_e',
      scope: `${SCOPES.score} ${SCOPES.lineItem}`,
    });
  });
});

describe('readTokenResponse', () => {
  const token = { access_token: 'abc', token_type: 'Bearer', expires_in: 3600, scope: SCOPES.score };

  it('takes the granted scopes, not those asked for', () => {
    const headers = { 'content-type': 'text/html; charset=utf-8' }; // Moodle
    expect(readTokenResponse(response(200, token, { headers }), ASKED)).toEqual({
      ok: true,
      value: { accessToken: 'abc', expiresInSeconds: 3600, scopes: [SCOPES.score] },
    });
  });

  it.each([
    ['no scope means all', { scope: undefined }, { scopes: ASKED }],
    ['an empty scope says nothing', { scope: '' }, { scopes: ASKED }],
    ['a scope said twice', { scope: 'a  b a' }, { scopes: ['a', 'b'] }],
    ['scopes as a list', { scope: ['a', 'b'] }, { scopes: ['a', 'b'] }],
    ['bearer in lower case', { token_type: 'bearer' }, { accessToken: 'abc' }],
    ['no token type', { token_type: undefined }, { accessToken: 'abc' }],
    ['no life', { expires_in: undefined }, { expiresInSeconds: 300 }],
    ['life as text', { expires_in: '60' }, { expiresInSeconds: 60 }],
    ['life as nonsense', { expires_in: 'soon' }, { expiresInSeconds: 300 }],
    ['empty life', { expires_in: '' }, { expiresInSeconds: 300 }],
    ['no time to live', { expires_in: 0 }, { expiresInSeconds: 300 }],
    ['less than no time', { expires_in: -5 }, { expiresInSeconds: 300 }],
    ['life as null', { expires_in: null }, { expiresInSeconds: 300 }],
  ])('%s', (_name, changed, expected) => {
    const reading = readTokenResponse(response(200, { ...token, ...changed }), ASKED);
    expect(reading).toMatchObject({ ok: true, value: expected });
  });

  it.each([
    ['not 2xx', response(401, { error: 'invalid_client' }), 'status 401'],
    ['a redirect', response(302, token), 'status 302'],
    ['HTML', response(200, ' <!DOCTYPE html><p>Log in'), 'the answer is HTML instead of JSON'],
    // Moodle's answer to an unknown kid
    ['bad JSON', response(200, '{ "error" : ""kid" invalid" }'), 'the answer is not JSON'],
    ['nothing', response(200, ''), 'the answer is empty'],
    ['half', response(200, '{"access', { truncated: true }), 'the answer is longer than the limit'],
    ['a list', response(200, [token]), 'the token answer is not an object'],
    ['null', response(200, 'null'), 'the token answer is not an object'],
    ['no token', response(200, {}), 'the token answer has no usable access_token'],
    ['an empty token', response(200, { access_token: '' }), 'the token answer has no usable access_token'],
    [
      'a token with a line break',
      response(200, { access_token: 'a\r\nb' }),
      'the token answer has no usable access_token',
    ],
    [
      'another kind of token',
      response(200, { ...token, token_type: 'mac' }),
      'the token is not a bearer token',
    ],
  ])('%s is a problem', (_name, answer, problem) => {
    expect(readTokenResponse(answer, ASKED)).toEqual({ ok: false, answer, problem });
  });
});
