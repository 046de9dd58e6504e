/** One line of a CSV file by column title. `line` counts from 1, the title line included. */
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

/**
 * Parses CSV with a title line (RFC 4180: quotes, doubled quotes, commas and line breaks within them; LF or CRLF). A byte order
 * mark and blank lines are passed over. Throws on a quote that never ends.
 */
export function parseCsv(text: string): CsvTable {
  const [head, ...records] = splitRecords(text.replace(/^\uFEFF/, '')).filter(
    ({ cells }) => cells.join('') !== '',
  );
  const titles = (head?.cells ?? []).map((title) => title.trim());
  const rows = records.map(({ line, cells }) => ({
    line,
    width: cells.length,
    cells: Object.fromEntries(titles.map((title, index) => [title, cells[index] ?? ''])),
  }));
  return { titles, rows };
}

interface RawRecord {
  line: number;
  cells: string[];
}

function splitRecords(text: string): RawRecord[] {
  const records: RawRecord[] = [];
  let record: RawRecord = { line: 1, cells: [] };
  let cell = '';
  let quoted = false;
  let line = 1;
  const endCell = () => {
    record.cells.push(cell);
    cell = '';
  };
  const endRecord = () => {
    endCell();
    records.push(record);
    record = { line, cells: [] };
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\n') line++;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') cell += text[++at];
      else quoted = false;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === ',') endCell();
    else if (char === '\n') endRecord();
    else if (char !== '\r' || text[at + 1] !== '\n') cell += char;
  }
  if (quoted) throw new Error(`a quote that opens in the record of line ${record.line} is never closed`);
  if (cell !== '' || record.cells.length > 0) endRecord();
  return records;
}
