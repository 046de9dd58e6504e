import { CsvError, parse } from 'csv-parse/sync';

/** One line of a CSV file by column title; a line that ends early has no cells for the rest. `line` counts from 1, the title line included. */
export interface CsvRow {
  line: number;
  cells: Record<string, string>;
  /** How many cells the line really has. */
  width: number;
}

export interface CsvTable {
  titles: string[];
  rows: CsvRow[];
}

/** Where csv-parse stands after a record. */
interface Progress {
  lines: number;
  empty_lines: number;
}

/**
 * Parses CSV with a title line (RFC 4180: quotes, doubled quotes, commas and line breaks within them; LF or CRLF). A byte order
 * mark and blank lines are passed over. Throws on a quote that never ends.
 */
export function parseCsv(text: string): CsvTable {
  const [head, ...records] = readRecords(text).filter(({ cells }) => cells.join('') !== '');
  const titles = (head?.cells ?? []).map((title) => title.trim());
  const rows = records.map(({ line, cells }) => ({
    line,
    width: cells.length,
    cells: Object.fromEntries(
      cells.slice(0, titles.length).map((cell, index) => [titles[index] ?? '', cell]),
    ),
  }));
  return { titles, rows };
}

function readRecords(text: string): { line: number; cells: string[] }[] {
  const records: { line: number; cells: string[] }[] = [];
  let progress: Progress = { lines: 0, empty_lines: 0 };
  try {
    parse(text.replaceAll('\r\n', '\n'), {
      bom: true,
      record_delimiter: '\n',
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      on_record: (cells: string[], context) => {
        records.push({ line: context.lines - lineBreaksIn(cells), cells });
        progress = { lines: context.lines, empty_lines: context.empty_lines };
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED')) {
      throw new Error('it is not CSV', { cause: error });
    }
    const blanks = Number(error.empty_lines) - progress.empty_lines;
    const line = progress.lines + blanks + 1;
    throw new Error(`a quote that opens in the record of line ${line} is never closed`);
  }
  return records;
}

function lineBreaksIn(cells: readonly string[]): number {
  return cells.join('').split('\n').length - 1;
}
