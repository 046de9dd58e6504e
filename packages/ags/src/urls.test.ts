import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeLineItemUrl, resultsUrl, scoresUrl, withQuery } from './urls.ts';

describe('scoresUrl', () => {
  it.each([
    [
      'https://lms.example/api/lti/courses/1/line_items/2',
      'https://lms.example/api/lti/courses/1/line_items/2/scores',
    ],
    // Moodle: the query stays behind the path (https://github.com/hypothesis/lms/pull/3913)
    [
      'https://m.example/services.php/2/lineitems/3/lineitem?type_id=7',
      'https://m.example/services.php/2/lineitems/3/lineitem/scores?type_id=7',
    ],
    ['https://lms.example/item/', 'https://lms.example/item/scores'],
    ['https://lms.example/item//?a=1', 'https://lms.example/item/scores?a=1'],
    ['https://lms.example', 'https://lms.example/scores'],
    ['https://lms.example/item#part', 'https://lms.example/item/scores'],
    [
      'https://lms.example/item?a=%2F&b=x+y&b=%C3%A9&c',
      'https://lms.example/item/scores?a=%2F&b=x+y&b=%C3%A9&c',
    ],
    [
      'https://lms.example/block-v1:a+b%2Bc/lti-ags/4',
      'https://lms.example/block-v1:a+b%2Bc/lti-ags/4/scores',
    ],
    ['http://127.0.0.1:8080/i?x=1', 'http://127.0.0.1:8080/i/scores?x=1'],
  ])('%s', (lineItemUrl, expected) => {
    expect(scoresUrl(lineItemUrl)).toBe(expected);
  });

  it('throws for what is not an absolute URL', () => {
    expect(() => scoresUrl('/lineitems/1')).toThrow(TypeError);
  });
});

describe('resultsUrl', () => {
  it.each([
    [{}, 'https://m.example/i/results?type_id=7'],
    [{ userId: '42' }, 'https://m.example/i/results?type_id=7&user_id=42'],
    [{ below: '' }, 'https://m.example/i/results/?type_id=7'],
    [{ below: 'a/b é', limit: 10 }, 'https://m.example/i/results/a%2Fb%20%C3%A9?type_id=7&limit=10'],
    [
      { userId: 'a b&c=é', limit: 10 },
      'https://m.example/i/results?type_id=7&user_id=a%20b%26c%3D%C3%A9&limit=10',
    ],
  ])('%j', (filter, expected) => {
    expect(resultsUrl('https://m.example/i?type_id=7', filter)).toBe(expected);
  });
});

describe('withQuery', () => {
  it.each([
    ['https://a.example/x', { limit: 5 }, 'https://a.example/x?limit=5'],
    ['https://a.example/x?', { limit: 5 }, 'https://a.example/x?limit=5'],
    [
      'https://a.example/x?limit=9&groups=true&limit=8',
      { limit: 5 },
      'https://a.example/x?groups=true&limit=5',
    ],
    ['https://a.example/x?groups=true', { limit: undefined }, 'https://a.example/x?groups=true'],
    ['https://a.example/x?resource%5Fid=1', { resource_id: '2' }, 'https://a.example/x?resource_id=2'],
    ['https://a.example/x?tag=a', { tag: '' }, 'https://a.example/x?tag='],
  ])('%s with %j', (url, parameters, expected) => {
    expect(withQuery(url, parameters)).toBe(expected);
  });
});

describe('normalizeLineItemUrl', () => {
  it.each([
    ['HTTPS://LMS.Example:443/Item/?Type_ID=7#x', 'https://lms.example/Item?Type_ID=7'],
    ['http://lms.example:80/item', 'http://lms.example/item'],
    ['https://lms.example:8443/item', 'https://lms.example:8443/item'],
    ['https://lms.example', 'https://lms.example'],
    ['https://lms.example/a?', 'https://lms.example/a'],
    ['https://lms.example/a/b///', 'https://lms.example/a/b'],
  ])('%s', (url, expected) => {
    expect(normalizeLineItemUrl(url)).toBe(expected);
  });
});

const anyUrl = fc.webUrl({ withQueryParameters: true, withFragments: true });

describe('for any URL', () => {
  it('only the path grows, by one segment', () => {
    fc.assert(
      fc.property(anyUrl, (address) => {
        const before = new URL(address);
        const after = new URL(scoresUrl(address));
        expect(after.origin).toBe(before.origin);
        expect(after.search).toBe(before.search);
        expect(after.hash).toBe('');
        expect(after.pathname).toBe(`${before.pathname.replace(/\/+$/, '')}/scores`);
      }),
    );
  });

  it('a user id comes through unharmed and what was in the query stays', () => {
    fc.assert(
      fc.property(anyUrl, fc.string({ unit: 'grapheme' }), (address, userId) => {
        fc.pre(!new URL(address).searchParams.has('user_id'));
        const query = new URL(resultsUrl(address, { userId })).searchParams;
        expect(query.getAll('user_id')).toEqual([userId]);
        query.delete('user_id');
        expect([...query].filter(([name, value]) => name || value)).toEqual(
          [...new URL(address).searchParams].filter(([name, value]) => name || value),
        );
      }),
    );
  });

  it('normalising twice changes nothing more and the scores go to the same place', () => {
    fc.assert(
      fc.property(anyUrl, (address) => {
        const once = normalizeLineItemUrl(address);
        expect(normalizeLineItemUrl(once)).toBe(once);
        expect(scoresUrl(once)).toBe(scoresUrl(address));
      }),
    );
  });
});
