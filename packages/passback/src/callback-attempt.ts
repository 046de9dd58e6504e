import { type PlatformAnswer, parseRetryAfter } from '@gradewire/ags';
import { type Endpoint, openMsOf } from './callback-endpoint.ts';
import { isExpired, nextDelayMs, type RetryPolicy } from './retry.ts';

const ERROR_LENGTH = 120;

/** What an endpoint's answer to a callback means. */
export type CallbackAnswer =
  | { kind: 'delivered'; httpStatus: number }
  | {
      kind: 'failed';
      httpStatus?: number;
      /** A word of few, for logs: `STATUS`, `REDIRECT`, `GONE` or why there was no answer. */
      reason: string;
      /** For the list of deliveries; no more of the answer is kept. */
      error: string;
      isGone: boolean;
      retryAfterMs?: number;
    };

/** How far a unit has come, as it was taken to be sent. */
export interface UnitProgress {
  /** Failed attempts that counted, since it was wanted first, or again. */
  tries: number;
  firstFailureMs?: number;
  /** How long the breaker had been open in all when it failed first, ms. */
  openedBeforeMs?: number;
  isProbe: boolean;
}

/** Any 2xx is a delivery. Everything else is not, redirects included: they are not followed. */
export function judgeCallbackAnswer(answer: PlatformAnswer, nowMs: number): CallbackAnswer {
  if (answer.kind === 'noResponse') {
    return { kind: 'failed', reason: answer.code, error: answer.detail, isGone: false };
  }
  const { status, reasonPhrase, headers } = answer;
  if (status >= 200 && status < 300) return { kind: 'delivered', httpStatus: status };
  const isRedirect = status >= 300 && status < 400;
  const isGone = status === 410;
  const retryAfterMs = parseRetryAfter(headers['retry-after'], nowMs);
  return {
    kind: 'failed',
    httpStatus: status,
    reason: isGone ? 'GONE' : isRedirect ? 'REDIRECT' : 'STATUS',
    error: `${status} ${reasonPhrase}${isRedirect ? ' (redirects are not followed)' : ''}`
      .replaceAll(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, ERROR_LENGTH),
    isGone,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

interface RetryOptions {
  retry: RetryPolicy;
  random: () => number;
  retryAfterMs?: number | undefined;
}

/**
 * When a unit that failed is tried again, ms; undefined when it is given up: it has been failing for as long as the
 * policy allows, the time that the breaker was open not counted. `endpoint` is as it was when the answer came.
 */
export function retryDelayMs(
  taken: UnitProgress,
  endpoint: Endpoint,
  nowMs: number,
  { retry, random, retryAfterMs }: RetryOptions,
): number | undefined {
  const { firstFailureMs = nowMs, openedBeforeMs } = taken;
  const openMs = openMsOf(endpoint, nowMs);
  if (isExpired(firstFailureMs, openMs - (openedBeforeMs ?? openMs), nowMs, retry)) return undefined;
  return nextDelayMs(taken.tries + 1, retry, random, retryAfterMs);
}
