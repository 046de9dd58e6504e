import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLinkHeader } from './link-header.ts';

const BASE = 'https://lms.example/api/items?type_id=7';

describe('parseLinkHeader', () => {
  it.each([
    ['plain', '<https://lms.example/p2>; rel="next"', [['next', 'https://lms.example/p2']]],
    ['relative path', '</p2?a=1>; rel="next"', [['next', 'https://lms.example/p2?a=1']]],
    ['relative query', '<?page=2>; rel=next', [['next', 'https://lms.example/api/items?page=2']]],
    ['unquoted', '<https://lms.example/p2>;rel=next', [['next', 'https://lms.example/p2']]],
    ['single quotes', "<https://lms.example/p2>; rel='next'", [['next', 'https://lms.example/p2']]],
    ['upper case', '<https://lms.example/P2?X=Y>; REL="NEXT"', [['next', 'https://lms.example/P2?X=Y']]],
    [
      'several relations',
      '<https://lms.example/p2>; rel="next last"',
      [
        ['next', 'https://lms.example/p2'],
        ['last', 'https://lms.example/p2'],
      ],
    ],
    // moodle 4.5: mod/lti/service/gradebookservices/.../lineitems.php
    [
      'Moodle',
      '<https://m.example/l?limit=2&amp;from=0&amp;type_id=1>; rel=“first”, <https://m.example/l?limit=2&amp;from=4&amp;type_id=1>; rel=“next”',
      [
        ['first', 'https://m.example/l?limit=2&from=0&type_id=1'],
        ['next', 'https://m.example/l?limit=2&from=4&type_id=1'],
      ],
    ],
    [
      'comma and semicolon in the URL',
      '<https://lms.example/a,b;c>; rel="next", <https://lms.example/d>; rel="prev"',
      [
        ['next', 'https://lms.example/a,b;c'],
        ['prev', 'https://lms.example/d'],
      ],
    ],
    [
      'other parameters',
      '<https://lms.example/p2>; title="a, <b>; rel=\\"x"; rel="next"; type=text/html',
      [['next', 'https://lms.example/p2']],
    ],
    [
      'rel inside a title',
      '<https://lms.example/p2>; title="; rel=next"; rel="prev"',
      [['prev', 'https://lms.example/p2']],
    ],
    ['spaces', ' < https://lms.example/p2 > ; rel = "next" ', [['next', 'https://lms.example/p2']]],
    [
      'first rel counts',
      '<https://lms.example/p2>; rel=next; rel=prev',
      [['next', 'https://lms.example/p2']],
    ],
    ['empty target is the page itself', '<>; rel=next', [['next', BASE]]],
    ['no rel', '<https://lms.example/p2>', []],
    [
      'bad URL',
      '<http://[>; rel=next, <https://lms.example/p2>; rel=next',
      [['next', 'https://lms.example/p2']],
    ],
    ['unclosed', '<https://lms.example/p2; rel="next"', []],
    ['garbage', 'next', []],
    ['empty', '', []],
  ])('%s', (_name, header, expected) => {
    expect(parseLinkHeader(header, BASE).map(({ rel, url }) => [rel, url])).toEqual(expected);
  });

  it('is empty without a header', () => {
    expect(parseLinkHeader(undefined, BASE)).toEqual([]);
  });

  it('reads back whatever is written, however it is quoted', () => {
    const link = fc.record({
      rel: fc.constantFrom('next', 'prev', 'first', 'last', 'canonical', 'differences'),
      url: fc.webUrl({ withQueryParameters: true }).map((url) => new URL(url).href),
      quotes: fc.constantFrom(['"', '"'], ['“', '”'], ["'", "'"], ['', '']),
      escaped: fc.boolean(),
      separator: fc.constantFrom(', ', ',', ' ,\t'),
    });
    fc.assert(
      fc.property(fc.array(link, { maxLength: 6 }), (links) => {
        fc.pre(links.every(({ url }) => !/[<>]/.test(url) && !url.includes('&amp;')));
        const header = links
          .map(({ rel, url, quotes, escaped, separator }) => {
            const target = escaped ? url.replaceAll('&', '&amp;') : url;
            return `<${target}>; rel=${quotes[0]}${rel}${quotes[1]}${separator}`;
          })
          .join('')
          .replace(/[\s,]+$/, '');
        expect(parseLinkHeader(header, BASE)).toEqual(links.map(({ rel, url }) => ({ rel, url })));
      }),
    );
  });

  it('never throws and never takes long', () => {
    const pieces = fc.array(
      fc.constantFrom('<', '>', ';', ',', ' ', 'rel=', '"', '“', '”', "'", 'next', '&amp;', 'http://a/'),
    );
    fc.assert(fc.property(pieces, (parts) => void parseLinkHeader(parts.join(''), BASE)));
    const startedAt = performance.now();
    parseLinkHeader('<a>"'.repeat(4000), BASE);
    parseLinkHeader(`<a>${'; a='.repeat(4000)}`, BASE);
    parseLinkHeader(`<a>${'; '.repeat(8000)}`, BASE);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
