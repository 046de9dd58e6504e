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
  { name: 'nothing', text: '', rows: [] },
])('parseCsv: $name', ({ text, rows }) => {
  expect(cellsOf(text)).toEqual(rows);
});

test('parseCsv counts lines as an editor does, and tells how wide each really is', () => {
  const { rows } = parseCsv('a,b\n"x\ny",1\n2,3,4\n');
  expect(rows.map(({ line, width }) => [line, width])).toEqual([
    [2, 2],
    [4, 3],
  ]);
});

test('parseCsv names the line of a quote that never ends', () => {
  expect(() => parseCsv('a,b\n1,2\n"x,3\n4,5')).toThrow(/line 3/);
});
