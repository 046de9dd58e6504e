import type { CsvTable } from '@gradewire/autograders';
import { failedImport, type Imported, type ImportedScore, mergeImported } from './imported-score.ts';

const NUMBER_FIELDS = new Set(['scoreGiven', 'scoreMaximum', 'target.create.scoreMaximum']);
const TEXT_FIELDS = new Set([
  'platformId',
  'userId',
  'target.lineItemUrl',
  'target.lineItemsUrl',
  'target.resourceLinkId',
  'target.resourceId',
  'target.tag',
  'target.launchId',
  'target.create.label',
  'activityProgress',
  'gradingProgress',
  'timestamp',
  'comment',
  'submission.startedAt',
  'submission.submittedAt',
  'scoringUserId',
  'overwrite',
  'externalId',
]);

export const looksLikePlain = ({ titles }: CsvTable): boolean => titles.includes('userId');

/** Reads a CSV whose titles are the API's fields, dotted where they nest: `userId,scoreGiven,target.lineItemUrl`. */
export function readPlainCsv(table: CsvTable, source: string): Imported {
  const unknown = table.titles.filter(
    (title) => !NUMBER_FIELDS.has(title) && !TEXT_FIELDS.has(title) && title !== 'force',
  );
  if (unknown.length > 0) {
    const hint = `Known are ${[...TEXT_FIELDS, ...NUMBER_FIELDS, 'force'].join(', ')}.`;
    return failedImport({
      source,
      message: `unknown column ${unknown.map((name) => `"${name}"`).join(', ')}`,
      hint,
    });
  }
  return mergeImported(
    table.rows.map(({ line, cells }) => {
      const at = `${source}:${line}`;
      const fields: Record<string, unknown> = {};
      for (const [title, text] of Object.entries(cells)) {
        if (text === '') continue;
        const value = cellValue(title, text);
        if (value === undefined) return failedImport({ source: at, message: `${title} cannot be "${text}"` });
        setPath(fields, title.split('.'), value);
      }
      return checked(fields, at);
    }),
  );
}

/** Reads a file with one JSON object of the API's fields per line. */
export function readJsonLines(text: string, source: string): Imported {
  return mergeImported(
    text.split('\n').map((line, index) => {
      if (line.trim() === '') return { scores: [], problems: [] };
      const at = `${source}:${index + 1}`;
      try {
        return checked(JSON.parse(line), at);
      } catch {
        return failedImport({ source: at, message: 'is not JSON' });
      }
    }),
  );
}

/** Only what the import itself needs is looked at; the API checks the fields and names what is wrong. */
function checked(fields: unknown, source: string): Imported {
  if (typeof fields !== 'object' || fields === null || !('userId' in fields) || !fields.userId) {
    return failedImport({ source, message: 'has no userId' });
  }
  return { scores: [{ source, fields: fields as ImportedScore['fields'] }], problems: [] };
}

function cellValue(title: string, text: string): unknown {
  if (title === 'force') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (!NUMBER_FIELDS.has(title)) return text;
  if (title === 'scoreGiven' && text === 'null') return null;
  return Number.isFinite(Number(text)) ? Number(text) : undefined;
}

function setPath(object: Record<string, unknown>, [name = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) object[name] = value;
  else {
    object[name] ??= {};
    setPath(object[name] as Record<string, unknown>, rest, value);
  }
}
