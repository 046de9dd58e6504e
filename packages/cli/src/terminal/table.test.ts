import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { paintColours, paintNothing } from './paint.ts';
import { renderTable } from './table.ts';

test('columns line up whatever their colours, and numbers stand right', () => {
  const rows = [
    ['ada', paintColours('green', 'delivered'), '4'],
    ['bartholomew', 'dead', '10'],
  ];
  const table = renderTable(
    [{ title: 'Who' }, { title: 'Outcome' }, { title: 'N', align: 'right' }],
    rows,
    paintNothing,
  );
  expect(stripVTControlCharacters(table).split('\n')).toEqual([
    'Who          Outcome     N',
    'ada          delivered   4',
    'bartholomew  dead       10',
  ]);
});

test('an empty column is left out, long text is cut, line breaks become spaces', () => {
  const columns = [{ title: 'A', maxWidth: 5 }, { title: 'Empty' }, { title: 'B' }];
  expect(renderTable(columns, [['abcdefgh', '', 'x\n  y']], paintNothing)).toBe('A      B\nabcd…  x y');
});
