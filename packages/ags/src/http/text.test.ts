import { describe, expect, it } from 'vitest';
import { bodyText, headersOf } from './text.ts';

describe('headersOf', () => {
  it('reads UTF-8 where it is valid, Latin-1 where it is not', () => {
    const raw = [
      Buffer.from('Link'),
      Buffer.from('<a>; rel=“next”'),
      Buffer.from('X-Name'),
      Buffer.from([0x4a, 0xe9]),
    ];
    expect(headersOf(raw)).toEqual({ link: '<a>; rel=“next”', 'x-name': 'Jé' });
  });

  it('joins the values of one name', () => {
    const raw = ['Link', '<a>', 'link', '<b>', 'LINK', '<c>'].map((text) => Buffer.from(text));
    expect(headersOf(raw)).toEqual({ link: '<a>, <b>, <c>' });
  });
});

describe('bodyText', () => {
  it.each([
    ['application/json', Buffer.from('é'), 'é'],
    ['text/html; charset=ISO-8859-1', Buffer.from([0xe9]), 'é'],
    ['text/html; charset="utf-8"', Buffer.from('é'), 'é'],
    ['text/html; charset=no-such', Buffer.from('é'), 'é'],
    [undefined, Buffer.from('\ufeff{}'), '{}'],
    [undefined, Buffer.from([0x61, 0xff, 0x62]), 'a\ufffdb'],
  ])('%s', (contentType, bytes, text) => {
    expect(bodyText([bytes], contentType)).toBe(text);
  });

  it('joins a character that two chunks share and drops one cut in half at the end', () => {
    const [first, second] = [Buffer.from([0xc3]), Buffer.from([0xa9, 0xc3])];
    expect(bodyText([first, second], undefined)).toBe('é');
  });
});
