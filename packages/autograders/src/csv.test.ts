import { expect, test } from 'vitest';
import { parseCsv } from './csv.ts';

const cellsOf = (text: string) => parseCsv(text).rows.map(({ cells }) => cells);

test.each([
  { name: 'LF', text: 'a,b\n1,2\n', rows: [{ a: '1', b: '2' }] },
  { name: 'CRLF, no end of line', text: 'a,b\r\n1,2', rows: [{ a: '1', b: '2' }] },
  { name: 'byte order mark', text: '\uFEFFa,b\n1,2', rows: [{ a: '1', b: '2' }] },
  { name: 'quotes', text: 'a,b\n"x, ""y""","two\nlines"', rows: [{ a: 'x, "y"', b: 'two\nlines' }] },
  { name: 'a quote within a cell', text: 'a,b\n5" disk,2', rows: [{ a: '5" disk', b: '2' }] },
  { name: 'empty cells', text: 'a,b\n,\n1,', rows: [{ a: '1', b: '' }] },
  { name: 'blank lines', text: 'a,b\n\n1,2\n\n', rows: [{ a: '1', b: '2' }] },
  { name: 'blanks around titles', text: ' a , b\n1, 2', rows: [{ a: '1', b: ' 2' }] },
  { name: 'a short line and a long one', text: 'a,b\n1\n1,2,3', rows: [{ a: '1' }, { a: '1', b: '2' }] },
  { name: 'nothing', text: '', rows: [] },
])('parseCsv: $name', ({ text, rows }) => {
  expect(cellsOf(text)).toEqual(rows);
});

test.each([
  { name: 'LF', end: '\n' },
  { name: 'CRLF', end: '\r\n' },
])('parseCsv counts lines as an editor does, and tells how wide each really is: $name', ({ end }) => {
  const { rows } = parseCsv(['a,b', '"x', 'y",1', '', '2,3,4', ''].join(end));
  expect(rows.map(({ line, width }) => [line, width])).toEqual([
    [2, 2],
    [5, 3],
  ]);
});

test.each([
  { text: 'a,b\n1,2\n"x,3\n4,5', line: 3 },
  { text: 'a,b\n\n\n"x,3\n4,5', line: 4 },
  { text: '"a,b', line: 1 },
])('parseCsv names the line of a quote that never ends: $line', ({ text, line }) => {
  expect(() => parseCsv(text)).toThrow(new RegExp(`line ${line} `));
});

test('parseCsv takes as much memory as the text is long, however many titles there are', () => {
  const { titles, rows } = parseCsv(`${','.repeat(20_000)}t\n${'x\n'.repeat(20_000)}`);
  expect(titles).toHaveLength(20_001);
  expect(rows).toHaveLength(20_000);
});
