import { cut } from '../comment.ts';
import { UnfitResult } from './plain-value.ts';

const MAX_SYNTAX_LENGTH = 200;

/** What JSONata throws: a code, with the place in the mapping and the word there. */
interface JsonataFailure {
  code: string;
  message?: string;
  position?: number;
}

/** Codes whose text JSONata fills with values of the document, or of the mapping's own making, and what is said instead. */
const OWN_WORDS: Readonly<Record<string, string>> = {
  D1001: 'a number is too large',
  D1002: 'what is to be negated is not a number',
  T1003: 'the name of a member is not a text',
  D1009: 'two members have the same name',
  D1013: 'a member has a name that JSONata keeps for itself',
  T2007: 'values of two kinds cannot be sorted together',
  T2009: 'values of two kinds cannot be compared',
  T2011: 'what a transform puts in is not an object',
  T2012: 'what a transform takes out is not named by a text',
  D2014: 'a range is too long',
  D2015: 'a list is too long',
  D3030: 'what is to become a number is none',
  D3060: 'a negative number has no square root',
  D3061: 'a power is too large',
  D3110: 'what is to become a time is none',
  D3120: 'what $eval is given is no JSONata',
  D3121: 'what $eval is given fails',
  D3137: 'it gave up with $error',
  D3141: 'it gave up with $assert',
};

/** Codes whose text speaks of the mapping alone. */
const SAFE_TEXT = /^(?:S0|T0|T100[5-8]|T1010|T20|D1004|D30[1-57-9]|D3138|D3139)/;

/** Says for a person why a mapping failed, and where. Quotes nothing of the document, which JSONata's own messages do. */
export function failureDetail(error: unknown, limits: { timeMs: number; maxDepth: number }): string {
  if (error instanceof UnfitResult) return `the mapping ${error.message}`;
  if (error instanceof RangeError) {
    return /string length/.test(error.message)
      ? 'the mapping makes a text that is too long'
      : 'the mapping is nested too deeply, or calls itself without an end';
  }
  if (!isJsonataFailure(error)) return 'the mapping fails';
  if (error.code === 'D1012') return tooSlow(limits.timeMs);
  if (error.code === 'D1011') return `the mapping calls itself more than ${limits.maxDepth} levels deep`;
  const own = OWN_WORDS[error.code] ?? (SAFE_TEXT.test(error.code) ? error.message : undefined);
  const place = error.position === undefined ? '' : ` at character ${error.position}`;
  return `the mapping fails${place}: ${own ?? error.code}`;
}

export function tooSlow(timeMs: number): string {
  return `the mapping takes longer than ${timeMs} ms`;
}

/** What is wrong with the text of a mapping, and where. */
export function syntaxDetail(error: unknown): string {
  if (error instanceof RangeError) return 'is nested too deeply';
  if (error instanceof SyntaxError) return 'holds a regular expression that is none';
  if (!isJsonataFailure(error)) return 'is not JSONata';
  const place = error.position === undefined ? '' : ` at character ${error.position}`;
  return `is not JSONata${place}: ${cut(error.message ?? error.code, MAX_SYNTAX_LENGTH)}`;
}

function isJsonataFailure(error: unknown): error is JsonataFailure {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';
}
