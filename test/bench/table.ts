/** One figure of the benchmark, beside what it would be without Gradewire. */
export interface Figure {
  name: string;
  unit: string;
  gradewire: number;
  /** The bare counterpart, measured in the same run, and what it is. */
  bare?: { name: string; value: number };
}

const columns = ['figure', 'unit', 'Gradewire', 'bare', 'ratio', 'bare counterpart'];

/** The figures as one plain table. */
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
    formatNumber(gradewire),
    bare ? formatNumber(bare.value) : '',
    bare ? (gradewire / bare.value).toFixed(2) : '',
    bare?.name ?? '',
  ];
}

function pad(cell: string, width: number, column: number): string {
  return column >= 2 && column <= 4 ? cell.padStart(width) : cell.padEnd(width);
}

function formatNumber(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1);
}
