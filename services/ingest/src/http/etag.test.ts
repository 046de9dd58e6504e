import { expect, it } from 'vitest';
import { etagOf, isKnownTag } from './etag.ts';

const tag = etagOf('{"keys":[]}');

it('tells bodies apart and nothing else', () => {
  expect(tag).toMatch(/^"[\w-]{22}"$/);
  expect(etagOf('{"keys":[]}')).toBe(tag);
  expect(etagOf('{"keys":[ ]}')).not.toBe(tag);
});

it.each([
  [undefined, false],
  ['', false],
  [tag, true],
  [`W/${tag}`, true],
  [`"a", ${tag} , "b"`, true],
  ['"a","b"', false],
  ['*', true],
  [tag.slice(1, -1), false],
])('If-None-Match %s: known %s', (header, known) => {
  expect(isKnownTag(header, tag)).toBe(known);
});
