import { type CsvTable, parseCsv } from './csv.ts';
import { parseJson } from './parse-json.ts';

/** A body as it can be read: JSON, or a table of CSV. */
export interface SenderDocument {
  value: unknown;
  kind: 'json' | 'csv';
  /** What GitHub's header `X-GitHub-Event` says. */
  event?: string;
}

export type ParsedDocument = { ok: true; document: SenderDocument } | { ok: false; detail: string };

/**
 * Takes a body for JSON or CSV, by its content type or else by how it begins. Senders name the type wrongly: curl calls all it is not
 * told about `application/x-www-form-urlencoded`, which GitHub's default deliveries really are, with the JSON in `payload`.
 * `detail` quotes nothing of the body.
 */
export function parseDocument(
  body: Buffer | string,
  contentType: string | undefined,
  event?: string,
): ParsedDocument {
  const text = textOf(body);
  if (text === undefined) return { ok: false, detail: 'is not UTF-8 text' };
  if (text.trim() === '') return { ok: false, detail: 'is empty' };
  const type = mediaType(contentType);
  if (type.startsWith('multipart/')) {
    return { ok: false, detail: 'is a form with files: the file itself has to be the body' };
  }
  const parsed = parseAs(type, text);
  if (!parsed.ok) return parsed;
  return { ok: true, document: { ...parsed.document, ...(event ? { event } : {}) } };
}

function parseAs(type: string, text: string): ParsedDocument {
  if (type === 'text/csv') return csvDocument(text);
  if (isJsonType(type) || /^\s*[{[]/.test(text)) return jsonDocument(text);
  if (type === 'application/x-www-form-urlencoded') {
    const payload = new URLSearchParams(text).get('payload');
    return payload === null ? { ok: false, detail: 'is a form without "payload"' } : jsonDocument(payload);
  }
  return csvDocument(text);
}

function jsonDocument(text: string): ParsedDocument {
  const parsed = parseJson(text);
  return parsed.ok ? { ok: true, document: { value: parsed.value, kind: 'json' } } : parsed;
}

function csvDocument(text: string): ParsedDocument {
  let table: CsvTable;
  try {
    table = parseCsv(text);
  } catch (error) {
    return { ok: false, detail: (error as Error).message };
  }
  return { ok: true, document: { value: table, kind: 'csv' } };
}

/** Undefined for bytes that are not UTF-8. A byte order mark is passed over. */
function textOf(body: Buffer | string): string | undefined {
  if (typeof body === 'string') return body.replace(/^\uFEFF/, '');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

function mediaType(contentType = ''): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}

const isJsonType = (type: string) => type === 'application/json' || type.endsWith('+json');
