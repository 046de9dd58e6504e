import { type CsvTable, readDocument } from '@gradewire/autograders';
import { type Imported, importedFrom, mergeImported } from './imported-score.ts';

/** Takes in what `nbgrader export` writes, however many lines it has. Its student ids are taken for those of the platform. */
export function readNbgrader(table: CsvTable, source: string): Imported {
  return mergeImported(
    table.rows.map((row) => {
      const place = { source: `${source}:${row.line}`, userId: row.cells.student_id?.trim() ?? '' };
      const line = { titles: table.titles, rows: [row] };
      return importedFrom(readDocument('nbgrader', { value: line, kind: 'csv' }), place);
    }),
  );
}
