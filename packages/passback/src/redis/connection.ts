import { Redis } from 'ioredis';

/** `failFast`: a request's caller is waiting, so an unreachable Redis is an error at once; `patient`: workers wait for it. */
export type Patience = 'failFast' | 'patient';

const longestReconnectMs = 2_000;

/**
 * One shared connection. With `failFast` commands reject while Redis is away and after one lost connection; with
 * `patient` they wait for ever, as BullMQ's workers require. Commands of one tick travel in one packet.
 */
export function connectRedis(url: string, patience: Patience): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableAutoPipelining: true,
    enableOfflineQueue: patience === 'patient',
    maxRetriesPerRequest: patience === 'patient' ? null : 0,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), longestReconnectMs),
  });
  // Every command reports its own failure; without a listener ioredis would print each lost connection to the console.
  redis.on('error', () => undefined);
  return redis;
}

/** True when the failure means that Redis is away or cannot take writes now, so that trying later is right. */
export function isRedisUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /ECONN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENOTFOUND|Connection is closed|Stream isn't writeable|max retries|^(OOM|READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|MISCONF|NOREPLICAS|TRYAGAIN)\b/.test(
    `${error.message} ${'code' in error ? String(error.code) : ''}`,
  );
}
