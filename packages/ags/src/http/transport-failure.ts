import type { NoResponseCode } from '../messages.ts';
import { NotAttempted } from './guarded-connect.ts';

/**
 * Names what went wrong below HTTP from an error and everything it was caused by. `detail` is in our words plus
 * the system's code; messages are left out, they can hold addresses and header values.
 */
export function transportFailure(error: unknown, sent: boolean): { code: NoResponseCode; detail: string } {
  for (const link of causesOf(error)) {
    if (link instanceof NotAttempted) return { code: link.code, detail: link.message };
    const systemCode = codeOf(link);
    const row = systemCode && CODES.find(([pattern]) => pattern.test(systemCode));
    if (!row) continue;
    const [, code, words] = row;
    const late = sent && code === 'CONNECT_TIMEOUT';
    return {
      code: late ? 'TIMEOUT' : code,
      detail: `${late ? 'the connection timed out' : words} (${systemCode})`,
    };
  }
  const code = codeOf(error);
  return { code: 'OTHER', detail: `the request failed${code ? ` (${code})` : ''}` };
}

// First match wins. Codes of Node (system, TLS, llhttp) and of undici (UND_ERR_).
const CODES: readonly (readonly [RegExp, NoResponseCode, string])[] = [
  [/^(?:ENOTFOUND|ENODATA|EAI_\w+|ESERVFAIL)$/, 'DNS', 'the host name could not be resolved'],
  [/^(?:UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, 'CONNECT_TIMEOUT', 'no connection in time'],
  [/^(?:ECONNREFUSED)$/, 'CONNECT_REFUSED', 'the connection was refused'],
  [/^(?:EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EADDRNOTAVAIL)$/, 'CONNECT_REFUSED', 'the host cannot be reached'],
  [/^UND_ERR_(?:HEADERS|BODY)_TIMEOUT$/, 'TIMEOUT', 'no complete answer in time'],
  [/^UND_ERR_(?:CLOSED|DESTROYED)$/, 'ABORTED', 'the client is closed'],
  [/^(?:UND_ERR_ABORTED|ABORT_ERR)$/, 'ABORTED', 'the request was given up'],
  [
    /CERT|^(?:ERR_TLS_|ERR_SSL_|UNABLE_TO_|EPROTO$|HOSTNAME_MISMATCH|INVALID_CA|CRL_)/,
    'TLS',
    'no TLS connection',
  ],
  [
    /^(?:ECONNRESET|ECONNABORTED|EPIPE|ENOTCONN|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|HPE_INVALID_EOF_STATE)$/,
    'RESET',
    'the connection broke',
  ],
];

/** The error, its causes and the members of aggregate errors, outermost first, each once. */
function* causesOf(error: unknown): Generator<object> {
  const queue = [error];
  const seen = new Set<unknown>();
  for (const link of queue) {
    if (typeof link !== 'object' || link === null || seen.has(link)) continue;
    seen.add(link);
    yield link;
    if ('cause' in link) queue.push(link.cause);
    if (link instanceof AggregateError) queue.push(...link.errors);
  }
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^\w+$/.test(code) ? code : undefined;
}
