import { Agent } from 'undici';
import type { SendRequest, Stage } from '../messages.ts';
import { Exchange, type ExchangeLimits } from './exchange.ts';
import { guardedConnect, NotAttempted } from './guarded-connect.ts';

export interface PlatformHttpOptions {
  /** One request, from the call to the last byte of its answer. */
  requestTimeoutMs: number;
  /** @default 5000 */
  connectTimeoutMs?: number;
  /** What is kept of a body; of answers to tokens, scores and callbacks, of configurations and keys at most 64 KiB. @default 8388608 */
  maxResponseBytes?: number;
  /** Allows loopback and private addresses, and http without TLS. */
  allowPrivateNetworks: boolean;
  /** @default 'Gradewire/0.1 (+LTI Advantage)' */
  userAgent?: string;
  /** Requests beyond it wait, and the wait counts towards the time-out. @default 128 */
  maxConnectionsPerOrigin?: number;
}

export interface PlatformHttp {
  send: SendRequest;
  /** Waits for the requests in flight, then closes the connections. Later requests answer `noResponse`. */
  close(): Promise<void>;
}

const SMALL_ANSWER_BYTES = 64 * 1024;
const SMALL_ANSWERS: readonly Stage[] = ['token', 'score', 'configuration', 'keys', 'callback'];
const CONNECTION_IDLE_MS = 4000;

/**
 * The HTTP client for platforms: a pool of connections per origin, dropped when unused; no redirects (a 3xx is
 * the answer); time-outs and size limits; addresses checked as connections are made.
 */
export function createPlatformHttp(options: PlatformHttpOptions): PlatformHttp {
  const { requestTimeoutMs, connectTimeoutMs = 5000, maxResponseBytes = 8 * 1024 * 1024 } = options;
  const userAgent = options.userAgent ?? 'Gradewire/0.1 (+LTI Advantage)';
  const agent = new Agent({
    connect: guardedConnect({ connectTimeoutMs, allowPrivateNetworks: options.allowPrivateNetworks }),
    connections: options.maxConnectionsPerOrigin ?? 128,
    allowH2: false,
    headersTimeout: requestTimeoutMs,
    bodyTimeout: requestTimeoutMs,
    keepAliveTimeout: CONNECTION_IDLE_MS,
  });

  const send: SendRequest = async (request) => {
    const small = SMALL_ANSWERS.includes(request.stage);
    const limits: ExchangeLimits = {
      requestTimeoutMs,
      maxResponseBytes: small ? Math.min(maxResponseBytes, SMALL_ANSWER_BYTES) : maxResponseBytes,
    };
    const exchange = new Exchange(request, limits);
    const url = URL.parse(request.url);
    if (!url || !/^https?:$/.test(url.protocol))
      exchange.onResponseError(null, new NotAttempted('OTHER', 'the URL is not an http URL'));
    else if (!exchange.settled) {
      agent.dispatch(
        {
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: request.method,
          // Without accept-encoding a platform may choose any (RFC 9110 section 12.5.3).
          headers: { 'accept-encoding': 'identity', 'user-agent': userAgent, ...request.headers },
          ...(request.body !== undefined && { body: request.body }),
        },
        exchange,
      );
    }
    return exchange.answer;
  };

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= agent.close();
    return closing;
  };
  return { send, close };
}
