import { type Outcome, REASONS, type ReasonCode } from '@gradewire/passback';
import { Problem, type ProblemCode } from '../http/problem.ts';

/** What a route can answer that asks a platform named by the request. */
export const PLATFORM_PROBLEMS: ProblemCode[] = [
  'UNKNOWN_PLATFORM',
  'ORIGIN_NOT_ALLOWED',
  'NOT_ON_PLATFORM',
  'PLATFORM_REFUSED',
  'PLATFORM_UNAVAILABLE',
];

/** What a platform was asked for, or the problem that the caller is told. @throws Problem */
export function answered<Got extends { ok: true }>(asked: Got | { ok: false; outcome: Outcome }): Got {
  if (asked.ok) return asked;
  throw platformProblem(asked.outcome);
}

/**
 * The one place where a platform's refusal becomes the answer to a request: what waiting heals is 503, what the caller
 * named and the platform has not is 422, and what only the platform's administrator can put right is 502.
 */
export function platformProblem(outcome: Outcome): Problem {
  const reason = reasonOf(outcome);
  const retryAfterMs = 'retryAfterMs' in outcome ? outcome.retryAfterMs : undefined;
  return new Problem(codeOf(outcome, reason), {
    detail: outcome.detail === '' ? undefined : outcome.detail,
    reason,
    hint: readHintOf(reason),
    ...(retryAfterMs !== undefined && { retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1_000)) }),
  });
}

function codeOf(outcome: Outcome, reason: ReasonCode): ProblemCode {
  if (outcome.kind === 'throttled') return 'PLATFORM_UNAVAILABLE';
  if (outcome.kind === 'transient' && reason === 'PLATFORM_DOWN') return 'PLATFORM_UNAVAILABLE';
  if (reason === 'ORIGIN_NOT_ALLOWED') return 'ORIGIN_NOT_ALLOWED';
  return NOT_THERE.includes(reason) ? 'NOT_ON_PLATFORM' : 'PLATFORM_REFUSED';
}

/** Why a platform did not tell what it was asked. */
export function reasonOf(outcome: Outcome): ReasonCode {
  if ('reason' in outcome) return outcome.reason;
  if ('then' in outcome) return outcome.then;
  return outcome.kind === 'throttled' ? 'THROTTLED' : 'UNEXPECTED_RESPONSE';
}

/** What a person can do about it. */
export function readHintOf(reason: ReasonCode): string {
  return HINTS[reason] ?? REASONS[reason].hint;
}

const NOT_THERE: readonly ReasonCode[] = [
  'CONTEXT_GONE',
  'LINE_ITEM_AMBIGUOUS',
  'LINE_ITEM_GONE',
  'LINE_ITEM_NOT_FOUND',
  'LINE_ITEM_NOT_OURS',
  'NO_GRADE_SERVICE',
];

/** What to do about it where nothing was to be delivered: the hints of the reasons speak of scores. */
const HINTS: Partial<Record<ReasonCode, string>> = {
  SCOPE_NOT_GRANTED:
    'The tool is installed but may not do this. Ask the platform administrator to allow it (reading results, managing columns or reading the roster are granted one by one).',
  UNAUTHORIZED:
    'The platform did not accept our access, not even with a freshly issued pass. Ask its administrator whether the tool is still installed and allowed to do this.',
  FORBIDDEN:
    'The platform knows us but forbids this. Ask its administrator which permission the tool lacks, or whether a firewall refuses our requests.',
  CREDENTIALS_REJECTED:
    'The platform does not recognise us. Compare the client id, the token address and the audience with its registration, and check that it can load our public keys.',
  CLOCK_SKEW: 'The clocks of this server and of the platform disagree. Set both by a time service (NTP).',
  REGISTRATION_DISABLED:
    'The tool is switched off on the platform. Ask its administrator to switch the registration (on Canvas: the developer key) on again.',
  TOOL_NOT_IN_CONTEXT:
    'The tool is not, or no longer, part of this course. Have a teacher add it to the course again.',
  CONTEXT_GONE:
    'The course no longer exists on the platform, or its address has changed. Check the address that was named.',
  LINE_ITEM_GONE:
    'The gradebook column is no longer there: a teacher may have deleted it, or the address is wrong. GET /v1/line-items lists those that there are.',
  LINE_ITEM_NOT_FOUND: 'The gradebook has no column for this. GET /v1/line-items lists those that there are.',
  NO_GRADE_SERVICE:
    'When the link was opened, the platform did not tell where its gradebook is. Allow the grade service (AGS) for the tool on the platform, open the link once more, and register that launch.',
  LINE_ITEM_NOT_OURS: 'The gradebook column belongs to another tool, so it is closed to us.',
  LINE_ITEM_AMBIGUOUS:
    'Several gradebook columns fit. Name one by its `lineItemUrl`; GET /v1/line-items/duplicates lists them.',
  CONTEXT_CONCLUDED:
    'The course has ended and its gradebook is closed. Have the platform administrator open it again.',
  ORIGIN_NOT_ALLOWED:
    'The platform named an address that is not among those registered for it, or lies in a private network. If it is right, add it to the `serviceOrigins` of the platform.',
  REJECTED: 'The platform refused this without a reason we know. Its words are in the detail.',
  BAD_REQUEST:
    'The platform could not read the request we built. This is a fault of ours: report it together with the detail.',
  UNEXPECTED_RESPONSE:
    'Something other than the gradebook answered, usually a login or maintenance page, or a proxy that stands in front of the platform. Have it let our requests through.',
  UNEXPECTED_REDIRECT:
    'The platform sent us to another page (a login page, maintenance, or a new address). Check the address, and whether the platform has moved.',
  PLATFORM_DOWN: 'The platform does not answer, or answers that it is out of order. Try again later.',
  THROTTLED: 'The platform asked us to slow down. Try again as late as Retry-After says.',
};
