import { TextDecoder } from 'node:util';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Decodes a header's value: UTF-8 where it is valid (Moodle's typographic quotes), else Latin-1, which is what
 * Node would make of both.
 */
function headerText(bytes: Buffer): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

/** Lower-cased names; several values of one name are joined by ", ". `raw` alternates names and values. */
export function headersOf(raw: readonly Buffer[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]!.toString('latin1').toLowerCase();
    const value = headerText(raw[index + 1]!);
    headers[name] = Object.hasOwn(headers, name) ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}

/** Decodes a body by its charset (UTF-8 when unsaid or unknown). A character cut in half at the end is dropped. */
export function bodyText(chunks: readonly Buffer[], contentType: string | undefined): string {
  const label = /;\s*charset\s*=\s*"?([\w:.-]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  return decoderOf(label).decode(Buffer.concat(chunks), { stream: true });
}

function decoderOf(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}
