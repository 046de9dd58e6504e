import pRetry from 'p-retry';
import type { NoResponseCode, PlatformAnswer, SendRequest } from './messages.ts';

export interface QuickRetryOptions {
  /** Tries in all. @default 3 */
  attempts?: number;
  /** Before the second try; doubled and randomised after. @default 200 */
  firstDelayMs?: number;
}

/**
 * Runs a try until it has an answer that is worth keeping, at most `attempts` times, and returns the last one.
 * For what may be done twice. A token is fetched with a new assertion in each try: platforms refuse a `jti` that
 * they have seen.
 */
export async function quickRetry(
  attempt: () => Promise<PlatformAnswer>,
  options: QuickRetryOptions & { signal?: AbortSignal | undefined } = {},
): Promise<PlatformAnswer> {
  return retryWhile(isPassing, attempt, options);
}

/**
 * Wraps `send` so that reads are tried again at once after a passing failure. Of everything else only a token
 * request is, while it cannot have been seen: scores and line items have their own, durable, retry.
 */
export function withQuickRetry(send: SendRequest, options: QuickRetryOptions = {}): SendRequest {
  return (request) => {
    const { method, stage, signal } = request;
    if (method === 'GET') return retryWhile(isPassing, () => send(request), { ...options, signal });
    if (stage === 'token') return retryWhile(isUnseen, () => send(request), { ...options, signal });
    return send(request);
  };
}

async function retryWhile(
  isWorthAnother: (answer: PlatformAnswer) => boolean,
  attempt: () => Promise<PlatformAnswer>,
  options: QuickRetryOptions & { signal?: AbortSignal | undefined },
): Promise<PlatformAnswer> {
  const { attempts = 3, firstDelayMs = 200, signal } = options;
  let last: PlatformAnswer | undefined;
  try {
    await pRetry(
      async () => {
        last = await attempt();
        if (isWorthAnother(last)) throw new PassingFailure();
      },
      {
        retries: attempts - 1,
        minTimeout: firstDelayMs,
        randomize: true,
        shouldRetry: ({ error }) => error instanceof PassingFailure,
        signal,
      },
    );
  } catch (error) {
    if (!(error instanceof PassingFailure) && !signal?.aborted) throw error;
  }
  // Given up before the first try: sending answers that.
  return last ?? attempt();
}

// A time-out took long already, and an address that is closed to us stays so.
const QUICK: ReadonlySet<NoResponseCode> = new Set(['DNS', 'CONNECT_REFUSED', 'TLS', 'RESET', 'OTHER']);

/** A platform that names a time to come back is left alone until then. */
function isPassing(answer: PlatformAnswer): boolean {
  if (answer.kind === 'noResponse') return QUICK.has(answer.code);
  return [502, 503, 504].includes(answer.status) && answer.headers['retry-after'] === undefined;
}

function isUnseen(answer: PlatformAnswer): boolean {
  return answer.kind === 'noResponse' && !answer.maybeSeen && isPassing(answer);
}

class PassingFailure extends Error {
  override name = 'PassingFailure';
}
