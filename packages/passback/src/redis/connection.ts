import { Redis } from 'ioredis';
import { corked } from './corked.ts';

/** `failFast`: a request's caller is waiting, so an unreachable Redis is an error at once; `patient`: workers wait for it. */
export type Patience = 'failFast' | 'patient';

const longestReconnectMs = 2_000;
/** A caller is answered within this time although a half-open connection says nothing. */
const failFastTimeoutMs = 5_000;

/**
 * One shared connection. With `failFast` commands reject while Redis is away and after one lost connection; with
 * `patient` they wait for ever, as BullMQ's workers require. Commands of one turn travel in one packet.
 */
export function connectRedis(url: string, patience: Patience): Redis {
  const redis = corked(
    new Redis(url, {
      lazyConnect: true,
      enableOfflineQueue: patience === 'patient',
      maxRetriesPerRequest: patience === 'patient' ? null : 0,
      ...(patience === 'failFast' && { commandTimeout: failFastTimeoutMs }),
      retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), longestReconnectMs),
    }),
  );
  // Every command reports its own failure; without a listener ioredis would print each lost connection to the console.
  redis.on('error', () => undefined);
  return redis;
}

/** A connection of the same kind for BullMQ, whose larger packets would delay the record's. */
export function queueConnection(redis: Redis): Redis {
  const connection = corked(redis.duplicate());
  connection.on('error', () => undefined);
  return connection;
}

/**
 * A bare connection to the same Redis, on which one blocking command at a time waits: no handshake beyond the password's, and
 * when it is lost that command rejects and it stays lost.
 */
export function waitingConnection(redis: Redis): Redis {
  const connection = redis.duplicate({
    protocol: 2,
    disableClientInfo: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  connection.on('error', () => undefined);
  return connection;
}

/** Whether the client can take this URL. One that it cannot parse it would throw back with the password in it. */
export function isRedisUrl(text: string): boolean {
  const url = /^rediss?:\/\/\S+$/.test(text) ? URL.parse(text) : null;
  return url !== null && [url.username, url.password].every(isDecodable);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** True when the failure means that Redis is away or cannot take writes now, so that trying later is right. */
export function isRedisUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /ECONN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENOTFOUND|Connection is closed|Stream isn't writeable|max retries|Command timed out|^(OOM|READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|MISCONF|NOREPLICAS|TRYAGAIN)\b/.test(
    `${error.message} ${'code' in error ? String(error.code) : ''}`,
  );
}
