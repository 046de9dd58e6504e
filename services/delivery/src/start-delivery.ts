import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import { type Context, createContext } from './context.ts';
import { startHealthServer } from './health-server.ts';

export interface Delivery extends AsyncDisposable {
  /** Where metrics and health are served. */
  url: string;
  context: Context;
}

/** What is under way gets the time of one request and this much more; together less than the 45 s that a container has. */
const drainMarginMs = 15_000;

/**
 * Starts the workers. It runs although Redis is away, and works when Redis is there. Disposing it drains: nothing new
 * begins, what is under way settles; with Redis away for good it ends without.
 * @throws ConfigError when the port cannot be had
 */
export async function startDelivery(config: Config): Promise<Delivery> {
  const context = createContext(config);
  const { logger, registry, redis, lanes, wakes, queues, http } = context;
  let draining = false;
  const health = await startHealthServer({
    registry,
    host: config.host,
    port: config.port,
    problem: () => (draining ? 'stopping' : redis.status === 'ready' ? undefined : 'redis is away'),
    onError: (err) => logger.warn({ err }, 'metrics could not be read'),
  });
  redis.on('ready', () => logger.info('redis is there'));
  redis.on('close', () => logger.warn('redis is away'));
  lanes.start().catch((err) => draining || logger.error({ err }, 'lanes could not be started'));
  logger.info({ url: health.url, concurrency: config.concurrency }, 'delivering');

  return {
    url: health.url,
    context,
    async [Symbol.asyncDispose]() {
      draining = true;
      const timeUp = new AbortController();
      await Promise.race([
        lanes[Symbol.asyncDispose](),
        sleep(config.requestTimeoutMs + drainMarginMs, undefined, { signal: timeUp.signal }).catch(
          () => undefined,
        ),
      ]);
      timeUp.abort();
      await Promise.allSettled([wakes[Symbol.asyncDispose](), http.close(), health[Symbol.asyncDispose]()]);
      redis.removeAllListeners('close');
      await Promise.race([queues[Symbol.asyncDispose](), sleep(100)]);
      queues.connection.disconnect();
      redis.disconnect();
      logger.info('stopped');
    },
  };
}
