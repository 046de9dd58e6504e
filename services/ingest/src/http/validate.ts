import { parseInput } from '@gradewire/passback';
import type { z } from 'zod';
import { type FieldProblem, Problem } from './problem.ts';

export type Where = 'body' | 'query';

/** Nobody's score needs more, and Redis' JSON reader stops at 1,000. */
const MAX_DEPTH = 64;

const MAX_ERRORS = 50;

/**
 * Reads `value` by `schema`.
 * @throws Problem `INVALID`, naming each field that is wrong and what is accepted there
 */
export function validate<S extends z.ZodType>(schema: S, value: unknown, where: Where): z.output<S> {
  if (isTooDeep(value)) {
    throw invalid([{ pointer: '', detail: `is nested deeper than ${MAX_DEPTH} levels` }]);
  }
  const parsed = parseInput(schema, value);
  if (parsed.ok) return parsed.value;
  throw invalid(parsed.problems.map((problem) => (where === 'query' ? inQuery(problem) : problem)));
}

/** `INVALID` with its fields, the first of which is also told in `detail`. */
export function invalid(errors: readonly FieldProblem[]): Problem {
  const [first] = errors;
  const rest = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new Problem('INVALID', {
    errors: errors.slice(0, MAX_ERRORS),
    ...(first === undefined ? {} : { detail: `${first.pointer || 'The body'} ${first.detail}${rest}` }),
  });
}

function inQuery({ pointer, detail }: FieldProblem): FieldProblem {
  return { pointer: pointer.replace(/^\//, '?'), detail };
}

/** Whether a value is nested deeper than any input may be, so that nothing must walk it by recursion. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}
