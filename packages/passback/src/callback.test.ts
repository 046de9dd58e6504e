import { describe, expect, it } from 'vitest';
import { callbackInputSchema, callbackProblems, wantsEvent } from './callback.ts';
import { parseInput } from './problem.ts';

const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
const good = { url: 'https://app.example/hook', events: ['score.dead'], secret: secretOf(32) };

describe('callbackInputSchema', () => {
  it('takes what is needed and adds the form', () => {
    expect(parseInput(callbackInputSchema, good)).toEqual({ ok: true, value: { ...good, form: 'each' } });
  });

  it.each([
    ['no events', { events: [] }, '/events'],
    ['an unknown event', { events: ['score.lost'] }, '/events/0'],
    ['an event twice', { events: ['score.dead', 'score.dead'] }, '/events'],
    ['a secret that is no base64', { secret: 'whsec_!!!!' }, '/secret'],
    ['a secret cut in the middle', { secret: secretOf(32).slice(0, -1) }, '/secret'],
    ['a short secret', { secret: secretOf(23) }, '/secret'],
    ['a long secret', { secret: secretOf(65) }, '/secret'],
    ['an address of another kind', { url: 'ftp://app.example' }, '/url'],
    ['an address with a password', { url: 'https://me:secret@app.example' }, '/url'],
    ['no platform', { platformIds: [] }, '/platformIds'],
    ['another form', { form: 'batch' }, '/form'],
    ['an unknown member', { urls: [] }, '/urls'],
  ])('refuses %s', (_what, change, pointer) => {
    const parsed = parseInput(callbackInputSchema, { ...good, ...change });
    expect(parsed).toMatchObject({ ok: false, problems: [{ pointer }] });
  });

  it.each([24, 25, 26, 64])('takes a secret of %i bytes, with its prefix or without', (bytes) => {
    const secret = secretOf(bytes);
    expect(parseInput(callbackInputSchema, { ...good, secret }).ok).toBe(true);
    expect(parseInput(callbackInputSchema, { ...good, secret: secret.slice(6) }).ok).toBe(true);
  });
});

describe('callbackProblems', () => {
  it.each([
    ['https://app.example/hook', false, []],
    ['http://app.example/hook', false, ['/url']],
    ['https://127.0.0.1/hook', false, ['/url']],
    ['https://hook.internal/', false, ['/url']],
    ['http://127.0.0.1:8080/hook', true, []],
  ])('%s with private networks %s', (url, allowPrivateNetworks, pointers) => {
    expect(callbackProblems({ url }, { allowPrivateNetworks }).map(({ pointer }) => pointer)).toEqual(
      pointers,
    );
  });
});

describe('wantsEvent', () => {
  it.each([
    [{ events: ['score.dead'] }, 'score.dead', ['a'], true],
    [{ events: ['score.dead'] }, 'score.delivered', ['a'], false],
    [{ events: ['score.dead'], platformIds: ['a'] }, 'score.dead', ['a'], true],
    [{ events: ['score.dead'], platformIds: ['a'] }, 'score.dead', ['b'], false],
    [{ events: ['callback.disabled'] }, 'callback.disabled', undefined, true],
    [{ events: ['callback.disabled'], platformIds: ['a', 'b'] }, 'callback.disabled', ['a'], true],
    [{ events: ['callback.disabled'], platformIds: ['a'] }, 'callback.disabled', ['a', 'b'], false],
    [{ events: ['callback.disabled'], platformIds: ['a'] }, 'callback.disabled', undefined, false],
    [{ events: ['score.dead'] }, 'callback.disabled', undefined, false],
  ] as const)('%j of %s on %j: %s', (callback, event, about, expected) => {
    expect(wantsEvent(callback as never, event, about)).toBe(expected);
  });
});
