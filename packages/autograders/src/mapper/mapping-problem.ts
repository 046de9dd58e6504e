import jsonata from 'jsonata';
import { syntaxDetail } from './mapping-failure.ts';

const MAX_BYTES = 16_384;

/**
 * What is wrong with the text of a mapping, and where, as far as reading it tells; undefined when nothing is. It may take for ever: the
 * parser needs twice as long for each level of `((a ?: b) ?: c)`.
 */
export function mappingProblem(mapping: string): string | undefined {
  if (Buffer.byteLength(mapping) > MAX_BYTES) return `is longer than ${MAX_BYTES} bytes`;
  if (mapping.trim() === '') return 'is empty';
  try {
    jsonata(mapping);
    return undefined;
  } catch (error) {
    return syntaxDetail(error);
  }
}
