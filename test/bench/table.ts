import { percentile } from './in-flight.ts';

/** One figure of the benchmark, beside what it would be without Gradewire. Several values are rounds or windows of one run. */
export interface Figure {
  name: string;
  unit: string;
  gradewire: number | readonly number[];
  /** The bare counterpart, measured in the same run, and what it is. */
  bare?: { name: string; value: number | readonly number[] };
}

const columns = ['figure', 'unit', 'Gradewire', 'range', 'bare', 'range', 'ratio', 'bare counterpart'];

/** The middle of several values. */
export function median(values: number | readonly number[]): number {
  return typeof values === 'number' ? values : percentile(values, 0.5);
}

/** The figures as one plain table: of several values the median and the range. */
export function formatTable(figures: readonly Figure[]): string {
  const rows = [columns, ...figures.map(cells)];
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const line = (row: string[]) =>
    row
      .map((cell, i) => pad(cell, widths[i]!, i))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join('\n');
}

function cells({ name, unit, gradewire, bare }: Figure): string[] {
  return [
    name,
    unit,
    formatNumber(median(gradewire)),
    formatRange(gradewire),
    bare ? formatNumber(median(bare.value)) : '',
    bare ? formatRange(bare.value) : '',
    bare ? (median(gradewire) / median(bare.value)).toFixed(2) : '',
    bare?.name ?? '',
  ];
}

function pad(cell: string, width: number, column: number): string {
  return column >= 2 && column <= 6 ? cell.padStart(width) : cell.padEnd(width);
}

function formatRange(values: number | readonly number[]): string {
  if (typeof values === 'number' || values.length < 2) return '';
  return `${formatNumber(Math.min(...values))}-${formatNumber(Math.max(...values))}`;
}

function formatNumber(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1);
}
