import vm from 'node:vm';
import jsonata from 'jsonata';
import { syntaxDetail } from './mapping-failure.ts';

const MAX_BYTES = 16_384;
/** The parser takes twice as long for each level of `((a ?: b) ?: c)`. */
const MAX_PARSE_MS = 500;

/** What is wrong with the text of a mapping, and where, as far as reading it tells; undefined when nothing is. */
export function mappingProblem(mapping: string): string | undefined {
  if (Buffer.byteLength(mapping) > MAX_BYTES) return `is longer than ${MAX_BYTES} bytes`;
  if (mapping.trim() === '') return 'is empty';
  try {
    vm.runInNewContext('parse()', { parse: () => jsonata(mapping) }, { timeout: MAX_PARSE_MS });
    return undefined;
  } catch (error) {
    return isTimeout(error) ? 'is too intricate to be read' : syntaxDetail(error);
  }
}

/** The error is one of the other context, so it is no `Error` of this one. */
function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
