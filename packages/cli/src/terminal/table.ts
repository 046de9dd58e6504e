import { stripVTControlCharacters } from 'node:util';
import type { Paint } from './paint.ts';

export interface Column {
  title: string;
  align?: 'left' | 'right';
  /** Longer text is cut with an ellipsis. */
  maxWidth?: number;
}

const width = (text: string) => [...stripVTControlCharacters(text)].length;

/** Lays rows out under their titles, columns two spaces apart. Cells may carry colour. A column without any text is left out. */
export function renderTable(columns: Column[], rows: string[][], paint: Paint): string {
  const used = columns.map((_, index) => index).filter((index) => rows.some((row) => row[index]));
  const cut = (text: string, max = Number.POSITIVE_INFINITY) =>
    width(text) > max ? `${[...stripVTControlCharacters(text)].slice(0, max - 1).join('')}…` : text;
  const cells = rows.map((row) =>
    used.map((index) => cut(oneLine(row[index] ?? ''), columns[index]?.maxWidth)),
  );
  const titles = used.map((index) => columns[index]?.title ?? '');
  const widths = titles.map((title, at) =>
    Math.max(width(title), ...cells.map((row) => width(row[at] ?? ''))),
  );

  const line = (texts: string[]) =>
    texts
      .map((text, at) => pad(text, widths[at] ?? 0, columns[used[at] ?? 0]?.align ?? 'left'))
      .join('  ')
      .trimEnd();
  return [paint('bold', line(titles)), ...cells.map(line)].join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}

function pad(text: string, to: number, align: 'left' | 'right'): string {
  const fill = ' '.repeat(Math.max(0, to - width(text)));
  return align === 'right' ? fill + text : text + fill;
}
