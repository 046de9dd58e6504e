import type { Problem, ProblemItem } from './types/problem.ts';

/** Codes of failures that did not come from the API. */
export type ClientErrorCode = 'NETWORK' | 'TIMEOUT' | 'ABORTED' | 'UNEXPECTED_RESPONSE';

/** The API's codes are listed in its `/docs`; the union keeps completion for ours. */
export type GradewireErrorCode = ClientErrorCode | (string & {});

interface GradewireErrorOptions {
  code: GradewireErrorCode;
  message: string;
  status?: number;
  problem?: Problem;
  retryAfterMs?: number;
  cause?: unknown;
}

/**
 * Every failure of the client. Switch on `code`; `message` is for people and leads with the code. `status` and `problem`
 * are there when the API answered, `problem.errors` names the fields.
 */
export class GradewireError extends Error {
  override readonly name = 'GradewireError';
  readonly code: GradewireErrorCode;
  readonly status: number | undefined;
  readonly problem: Problem | undefined;
  /** How long the API asked to wait, when it did. */
  readonly retryAfterMs: number | undefined;

  constructor({ code, message, status, problem, retryAfterMs, cause }: GradewireErrorOptions) {
    super(`[${code}] ${message}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = status;
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Reads the answer to a refused request: problem+json as it is, anything else as `UNEXPECTED_RESPONSE`. */
export function errorFromAnswer(
  status: number,
  body: string,
  retryAfterMs: number | undefined,
): GradewireError {
  const problem = parseProblem(body);
  return new GradewireError({
    code: problem?.code ?? 'UNEXPECTED_RESPONSE',
    message: problem
      ? describe(problem)
      : `HTTP ${status} without a problem document; is this a Gradewire API?`,
    status,
    ...(problem ? { problem } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function parseProblem(body: string): Problem | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isProblem(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string';
}

function describe(problem: Problem): string {
  const fields = (problem.errors ?? []).map((item: ProblemItem) => `${item.pointer || '/'}: ${item.detail}`);
  const text = problem.detail ?? problem.title ?? 'refused';
  if (fields.length === 0) return text;
  return repeats(text, problem.errors?.[0]) ? fields.join('; ') : `${text} (${fields.join('; ')})`;
}

/** Mostly the detail says what is wrong with the first field, and no more. */
function repeats(text: string, first: ProblemItem | undefined): boolean {
  return (
    first !== undefined && (text === first.detail || text.startsWith(`${first.pointer} ${first.detail}`))
  );
}
