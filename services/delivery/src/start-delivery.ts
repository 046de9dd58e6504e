import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import { type Context, createContext } from './context.ts';
import { startHealthServer } from './health-server.ts';

export interface Delivery extends AsyncDisposable {
  /** Where metrics and health are served. */
  url: string;
  context: Context;
  /** As disposing does. False when it ended although something was under way, which the lease's end gives to others. */
  stop(): Promise<boolean>;
}

/** What is under way gets the time of one request and this much more; together less than the 45 s that a container has. */
const drainMarginMs = 15_000;
/** Without Redis nothing can settle: on the way out it gets this long to come back. */
const redisPatienceMs = 5_000;

/**
 * Starts the workers. It runs although Redis is away, and works when Redis is there. Disposing it drains: nothing new
 * begins, what is under way settles; with Redis away for 5 s, or after its grace period, it ends without.
 * @throws ConfigError when the port cannot be had
 */
export async function startDelivery(config: Config): Promise<Delivery> {
  const context = createContext(config);
  const { logger, registry, redis, toolKeys, lanes, wakes, queues, http, callbacks, callbackHttp } = context;
  let draining = false;
  const health = await startHealthServer({
    registry,
    host: config.host,
    port: config.port,
    problem: () => (draining ? 'stopping' : redis.status === 'ready' ? undefined : 'redis is away'),
    onError: (err) => logger.warn({ err }, 'metrics could not be read'),
  });
  redis.on('ready', () => {
    logger.info('redis is there');
    toolKeys.secrets.sealCounts().then(
      ({ unknown }) =>
        unknown > 0 &&
        logger.error({ event: 'encryption-key', unknown }, 'the encryption key does not open every tool key'),
      () => undefined,
    );
    // Every failed try to come back closes again; that it is away is told once.
    redis.once('close', () => draining || logger.warn('redis is away'));
  });
  lanes.start().catch((err) => draining || logger.error({ err }, 'lanes could not be started'));
  callbacks.start().catch((err) => draining || logger.error({ err }, 'callbacks could not be started'));
  logger.info({ url: health.url, concurrency: config.concurrency }, 'delivering');

  const stop = async () => {
    draining = true;
    const over = new AbortController();
    const drained = await Promise.race([
      Promise.all([lanes[Symbol.asyncDispose](), callbacks[Symbol.asyncDispose]()]).then(() => true),
      sleep(config.requestTimeoutMs + drainMarginMs, false, { signal: over.signal }).catch(() => false),
      isAwayFor(redis, redisPatienceMs, over.signal).then(
        () => false,
        () => false,
      ),
    ]);
    over.abort();
    if (!drained) logger.warn('stopping although not everything under way has settled');
    // Answers that nobody can write down are not waited for.
    const requests = drained ? [http.close(), callbackHttp.close()] : [];
    await Promise.allSettled([wakes[Symbol.asyncDispose](), ...requests, health[Symbol.asyncDispose]()]);
    await Promise.race([queues[Symbol.asyncDispose](), sleep(100)]);
    queues.connection.disconnect();
    redis.disconnect();
    logger.info('stopped');
    return drained;
  };
  return {
    url: health.url,
    context,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

/** Resolves when Redis has been away for so long at a stretch; rejects when aborted. */
async function isAwayFor(redis: Context['redis'], ms: number, signal: AbortSignal): Promise<void> {
  let thereAt = performance.now();
  while (performance.now() - thereAt < ms) {
    await sleep(100, undefined, { signal });
    if (redis.status === 'ready') thereAt = performance.now();
  }
}
