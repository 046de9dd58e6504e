import type { PlatformAnswer } from '@gradewire/ags';
import { expect, it } from 'vitest';
import { checkKeys } from './check-keys.ts';

const keySetUrl = 'https://grades.example/.well-known/jwks.json';
const response = (status: number, body: string) =>
  ({ kind: 'response', status, body, headers: {}, durationMs: 3 }) as PlatformAnswer;
const silence = (code: string, detail: string) =>
  ({ kind: 'noResponse', code, detail, durationMs: 3 }) as PlatformAnswer;

it.each<[string, string, PlatformAnswer, string | undefined, RegExp]>([
  [
    'are where they should be',
    keySetUrl,
    response(200, '{"keys":[{"kid":"k1"}]}'),
    undefined,
    /exactly this/,
  ],
  [
    'of another installation',
    keySetUrl,
    response(200, '{"keys":[{"kid":"k2"}]}'),
    'KEY_SET_FOREIGN',
    /key k1/,
  ],
  ['are a page', keySetUrl, response(200, '<html>'), 'KEY_SET_FOREIGN', /not there/],
  ['are not there', keySetUrl, response(404, ''), 'KEY_SET_UNREADABLE', /status 404/],
  ['cannot be reached', keySetUrl, silence('DNS', 'no such name'), 'KEY_SET_UNREADABLE', /no such name/],
  ['are inside, by their name', keySetUrl, silence('PRIVATE_ADDRESS', 'inside'), 'KEY_SET_PRIVATE', /inside/],
  ['are inside', 'https://10.0.0.7/jwks.json', response(200, ''), 'KEY_SET_PRIVATE', /private network/],
  [
    'are not on https',
    'http://grades.example/jwks.json',
    response(200, ''),
    'KEY_SET_PRIVATE',
    /must be https/,
  ],
])('our keys %s', async (_name, url, answer, reason, words) => {
  const step = await checkKeys('k1', {
    platform: { profile: 'moodle' } as never,
    keySetUrl: url,
    allowPrivateNetworks: false,
    send: async () => answer,
  });
  expect(step).toMatchObject({ name: 'keys', ok: reason === undefined, ...(reason && { reason }) });
  expect(step.detail).toMatch(words);
  expect(step.detail).toContain(url);
});
