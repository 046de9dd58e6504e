import type { z } from 'zod';

/** One thing wrong with an input, in the shape of the `errors` of problem+json. */
export interface Problem {
  /** JSON pointer to the member, `''` for the whole input. */
  pointer: string;
  detail: string;
}

/** What came of reading an input: the value, or everything that is wrong with it. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; problems: Problem[] };

type Issues = readonly z.core.$ZodIssue[];

/** Parses an input by its schema. Every problem names the member that it is about. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): Parsed<z.output<Schema>> {
  const result = schema.safeParse(input, { error: saysRequired });
  return result.success
    ? { ok: true, value: result.data }
    : { ok: false, problems: problemsOf(result.error.issues) };
}

/**
 * Issues as problems. Of a union the branch that the input comes nearest to speaks, or, when several are as near, the
 * union itself. Each unknown member is a problem of its own.
 */
export function problemsOf(issues: Issues, parents: readonly PropertyKey[] = []): Problem[] {
  return issues.flatMap((issue) => {
    const path = [...parents, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        pointer: pointerTo([...path, key]),
        detail: 'is not a known member',
      }));
    }
    if (issue.code === 'invalid_union') {
      const nearest = nearestBranch(issue.errors);
      if (nearest) return problemsOf(nearest, path);
    }
    if (issue.code === 'invalid_key')
      return [{ pointer: pointerTo(path), detail: issue.issues[0]?.message ?? issue.message }];
    return [{ pointer: pointerTo(path), detail: issue.message }];
  });
}

/** The JSON pointer (RFC 6901) of a path. */
export function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function nearestBranch(branches: readonly Issues[]): Issues | undefined {
  const nearest = Math.min(...branches.map(distanceOf));
  const candidates = branches.filter((issues) => distanceOf(issues) === nearest);
  return candidates.length === 1 ? candidates[0] : undefined;
}

// Members that a branch does not have tell more than faults within those that it has.
function distanceOf(issues: Issues): number {
  const foreign = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [],
  );
  return foreign.length * 1000 + issues.length;
}

function saysRequired(issue: z.core.$ZodRawIssue): string | undefined {
  return issue.code === 'invalid_type' && issue.input === undefined ? 'is required' : undefined;
}
