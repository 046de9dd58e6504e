import { readFile } from 'node:fs/promises';
import { parseDocument, type SenderDocument } from '../parse-document.ts';

/** A file under `examples/` as its sender would send it. */
export async function exampleDocument(path: string, event?: string): Promise<SenderDocument> {
  const body = await readFile(new URL(`../../../../examples/${path}`, import.meta.url));
  const type = path.endsWith('.csv') ? 'text/csv' : 'application/json';
  const parsed = parseDocument(body, type, event);
  if (!parsed.ok) throw new Error(`${path} ${parsed.detail}`);
  return parsed.document;
}
