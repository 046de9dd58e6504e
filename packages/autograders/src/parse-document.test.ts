import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDocument } from './parse-document.ts';

const FORM = 'application/x-www-form-urlencoded';
const table = { titles: ['a', 'b'], rows: [{ line: 2, cells: { a: '1', b: '2' }, width: 2 }] };

test.each([
  { name: 'JSON by its type', type: 'application/json', body: '{"a":1}', value: { a: 1 } },
  { name: 'with a character set', type: 'Application/JSON; charset=utf-8', body: '[1]', value: [1] },
  { name: 'a type that ends with json', type: 'application/problem+json', body: '"a"', value: 'a' },
  { name: 'JSON by how it begins', type: undefined, body: ' \n{"a":1}', value: { a: 1 } },
  { name: 'JSON called text', type: 'text/plain', body: '[]', value: [] },
  { name: 'JSON as curl sends it', type: FORM, body: '{"a":"b&c=d"}', value: { a: 'b&c=d' } },
  { name: "GitHub's form", type: FORM, body: 'payload=%7B%22a%22%3A%22%C3%BC+1%22%7D', value: { a: 'ü 1' } },
  { name: 'a byte order mark', type: undefined, body: '\uFEFF{"a":1}', value: { a: 1 } },
])('parseDocument: $name', ({ type, body, value }) => {
  const expected = { ok: true, document: { value, kind: 'json' } };
  expect(parseDocument(body, type)).toEqual(expected);
  expect(parseDocument(Buffer.from(body), type)).toEqual(expected);
});

test.each(['text/csv', 'text/csv; header=present', 'text/plain', undefined])(
  'parseDocument: CSV as %s',
  (type) => {
    expect(parseDocument('a,b\r\n1,2\r\n', type)).toEqual({
      ok: true,
      document: { value: table, kind: 'csv' },
    });
  },
);

test('parseDocument keeps the event', () => {
  expect(parseDocument('{}', 'application/json', 'check_run')).toMatchObject({
    document: { event: 'check_run' },
  });
});

test.each([
  { name: 'nothing', type: 'application/json', body: ' ', detail: 'is empty' },
  { name: 'broken JSON', type: 'application/json', body: '{"name": "Ada', detail: 'is not JSON' },
  { name: 'CSV called JSON', type: 'application/json', body: 'a,b', detail: 'is not JSON' },
  { name: 'a form without payload', type: FORM, body: 'a=b', detail: 'is a form without "payload"' },
  { name: 'a form with a broken payload', type: FORM, body: 'payload={', detail: 'is not JSON' },
  {
    name: 'a form with files',
    type: 'multipart/form-data; boundary=x',
    body: '--x',
    detail: /form with files/,
  },
  { name: 'an open quote', type: 'text/csv', body: 'a\n"Ada', detail: /line 2 is never closed/ },
  {
    name: 'deep JSON',
    type: undefined,
    body: '['.repeat(300_000) + ']'.repeat(300_000),
    detail: /deeper than 100/,
  },
  {
    name: 'a number too large',
    type: undefined,
    body: '{"scoreGiven":1e999}',
    detail: /number that is too large/,
  },
])('parseDocument refuses $name, and quotes nothing', ({ type, body, detail }) => {
  const parsed = parseDocument(body, type);
  expect(parsed).toEqual({
    ok: false,
    detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
  });
  expect(JSON.stringify(parsed)).not.toContain('Ada');
});

test('parseDocument refuses bytes that are not UTF-8', () => {
  const latin = Buffer.from('{"name":"Zoë"}', 'latin1');
  expect(parseDocument(latin, 'application/json')).toEqual({ ok: false, detail: 'is not UTF-8 text' });
});

test('parseDocument takes any bytes of any type', () => {
  const types = fc.constantFrom(
    'application/json',
    'text/csv',
    FORM,
    'text/plain',
    'multipart/form-data',
    undefined,
  );
  const bodies = fc.oneof(
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.string({ unit: 'binary' }),
    fc.json(),
  );
  fc.assert(
    fc.property(bodies, fc.oneof(types, fc.string()), (body, type) => {
      const parsed = parseDocument(body, type);
      expect(parsed.ok || parsed.detail.length > 0).toBe(true);
    }),
  );
});
