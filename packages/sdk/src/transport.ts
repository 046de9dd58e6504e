import { errorFromAnswer, GradewireError } from './error.ts';
import { nextRetryMs, parseRetryAfter, RETRY_DEFAULTS, type RetryOptions } from './retry.ts';
import { sleep as defaultSleep, type Sleep } from './wait.ts';

/** Where the API is, and the parts that tests replace. */
export interface TransportOptions {
  /** The API's address, such as `http://127.0.0.1:8080`; a path in front of `/v1` is kept. */
  baseUrl: string;
  apiKey: string;
  fetch?: typeof globalThis.fetch;
  retry?: Partial<RetryOptions>;
  /** Time for one try, its body included. Default 30,000. */
  timeoutMs?: number;
  sleep?: Sleep;
  random?: () => number;
  now?: () => number;
  newIdempotencyKey?: () => string;
}

/** Longest time for a try that has Gradewire read a platform page by page. */
export const PLATFORM_READ_MS = 300_000;

type QueryValue = string | number | boolean | undefined;

/** What every method takes last: a signal that ends the request and any wait between tries. */
export interface CallOptions {
  signal?: AbortSignal;
}

/** The options of a method whose request carries an `Idempotency-Key`; one is generated when none is given. */
export interface IdempotentCallOptions extends CallOptions {
  idempotencyKey?: string;
}

interface ApiRequest extends IdempotentCallOptions {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path from `/v1` on, its variable parts already encoded. */
  path: string;
  query?: Record<string, QueryValue>;
  body?: unknown;
  /** Sent as it is, instead of `body`; what it is say the `headers`. */
  rawBody?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  /** Send an `Idempotency-Key`. */
  idempotent?: boolean;
  /** For a POST without a key: sending it twice does what sending it once does. */
  repeatable?: boolean;
  /** Takes longer than others: time for one try, unless the client was given more. */
  timeoutMs?: number;
}

export type Send = <T>(request: ApiRequest) => Promise<T>;

/**
 * Makes the one function that talks to the API. It resolves to the JSON of a 2xx answer (undefined when there is none) and
 * throws {@link GradewireError} otherwise, after the retries that {@link nextRetryMs} allows. All tries of a request carry the
 * same idempotency key.
 */
export function createTransport(options: TransportOptions): Send {
  const {
    fetch = globalThis.fetch,
    timeoutMs = 30_000,
    sleep = defaultSleep,
    random = Math.random,
    now = Date.now,
    newIdempotencyKey = () => crypto.randomUUID(),
  } = options;
  const retry = { ...RETRY_DEFAULTS, ...options.retry };
  const base = parseBaseUrl(options.baseUrl);

  return async <T>(request: ApiRequest): Promise<T> => {
    const url = urlOf(base, request);
    const init = initOf(request, options.apiKey, newIdempotencyKey);
    const repeatable =
      request.method !== 'POST' || request.idempotent === true || request.repeatable === true;
    for (let attempt = 1; ; attempt++) {
      const answer = await tryOnce(url, init, request).catch((reason: unknown) => failure(reason, request));
      if (!(answer instanceof GradewireError)) return answer as T;
      if (answer.code === 'ABORTED') throw answer;
      const { status, code, retryAfterMs } = answer;
      const hopeless = answer.problem?.retryable === false;
      const failed = { attempt, status, code, retryAfterMs, repeatable: repeatable && !hopeless };
      const waitMs = nextRetryMs(failed, retry, random);
      if (waitMs === undefined) throw answer;
      await sleep(waitMs, request.signal).catch((reason: unknown) => {
        throw aborted(reason);
      });
    }
  };

  async function tryOnce(url: URL, init: RequestInit, request: ApiRequest): Promise<unknown> {
    const { signal } = request;
    signal?.throwIfAborted();
    const timeout = AbortSignal.timeout(timeFor(request));
    const response = await fetch(url, {
      ...init,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const text = await response.text();
    if (!response.ok) {
      return errorFromAnswer(
        response.status,
        text,
        parseRetryAfter(response.headers.get('retry-after'), now()),
      );
    }
    return text === '' ? undefined : parseJson(text, response.status);
  }

  function timeFor(request: ApiRequest): number {
    return Math.max(timeoutMs, request.timeoutMs ?? 0);
  }

  function failure(reason: unknown, request: ApiRequest): GradewireError {
    const { signal } = request;
    if (signal?.aborted) return aborted(signal.reason);
    if (reason instanceof Error && reason.name === 'TimeoutError') {
      return new GradewireError({
        code: 'TIMEOUT',
        message: `no answer within ${timeFor(request)} ms`,
        cause: reason,
      });
    }
    const message = `cannot reach ${base.origin}: ${rootMessage(reason)}`;
    return new GradewireError({ code: 'NETWORK', message, cause: reason });
  }
}

function parseBaseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new TypeError(`baseUrl must be an http(s) URL, such as http://127.0.0.1:8080, and is "${text}"`);
  }
  return url;
}

function urlOf(base: URL, { path, query = {} }: ApiRequest): URL {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/+$/, '')}${path}`;
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

function initOf(request: ApiRequest, apiKey: string, newKey: () => string): RequestInit {
  const headers: Record<string, string> = { accept: 'application/json', authorization: `Bearer ${apiKey}` };
  if (request.body !== undefined) headers['content-type'] = 'application/json';
  Object.assign(headers, request.headers);
  if (request.idempotent) headers['idempotency-key'] = request.idempotencyKey ?? newKey();
  const body = request.body === undefined ? request.rawBody : JSON.stringify(request.body);
  // A redirect would turn a POST into a GET; it is an answer like any other that is not 2xx.
  return { method: request.method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) };
}

function parseJson(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `HTTP ${status} with a body that is not JSON; is this a Gradewire API?`;
    return new GradewireError({ code: 'UNEXPECTED_RESPONSE', message, status, cause });
  }
}

function aborted(cause: unknown): GradewireError {
  return new GradewireError({ code: 'ABORTED', message: 'the request was aborted', cause });
}

/** The message of the innermost cause: fetch wraps the one that helps, such as `connect ECONNREFUSED`, in "fetch failed". */
function rootMessage(reason: unknown): string {
  let innermost = reason;
  for (let depth = 0; depth < 8 && innermost instanceof Error && innermost.cause instanceof Error; depth++) {
    innermost = innermost.cause;
  }
  if (!(innermost instanceof Error)) return String(innermost);
  return innermost.message || ('code' in innermost ? String(innermost.code) : innermost.name);
}
