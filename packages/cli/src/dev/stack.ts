import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findOrStartRedis, type LocalRedis } from '@gradewire/local-redis';
import { CliError } from '../command/errors.ts';
import { type Death, DevChild } from './child-process.ts';
import type { DevState } from './dev-state.ts';
import { isRunning } from './is-running.ts';
import { sampleCourses } from './sandbox.ts';
import { waitUntilReady } from './wait-until-ready.ts';
import { mainOf } from './workspace.ts';

const REDIS_LOOK_MS = 1_000;

export interface StackOptions {
  folder: string;
  apiPort: number;
  state: DevState;
  env: Record<string, string | undefined>;
  signal: AbortSignal;
  log: (line: string) => void;
}

export interface StackUrls {
  api: string;
  sandbox: string;
  ingestMetrics: string;
  deliveryMetrics: string;
}

/** Redis, ingest, delivery and the sandbox platform, running on loopback. Disposing it stops all of them, Redis last. */
export interface Stack extends AsyncDisposable {
  urls: StackUrls;
  /** Resolves when one of them ends by itself. */
  died: Promise<Death>;
}

/** Starts everything and resolves when it is ready. What was started is stopped again when something fails or `signal` aborts. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { folder, signal, log } = options;
  await using starting = new AsyncDisposableStack();
  await mkdir(join(folder, 'logs'), { recursive: true });

  const redis = await findOrStartRedis({
    url: options.env.GRADEWIRE_REDIS_URL,
    dir: join(folder, 'redis-data'),
    log,
  }).catch((cause: Error) => {
    throw new CliError(cause.message, undefined, cause);
  });
  starting.defer(() => redis.stop());
  signal.throwIfAborted();

  log('Starting ingest, delivery and the sandbox platform');
  const urls = urlsOf(options);
  const courses = JSON.stringify(await sampleCourses());
  const start = (name: string, main: string, env: Record<string, string>) =>
    starting.use(
      new DevChild({
        name,
        args: mainOf(main),
        env: { ...options.env, ...env },
        logFile: join(folder, 'logs', `${name}.log`),
      }),
    );
  const sandbox = start('sandbox', 'packages/platform-simulator', {
    SIMULATOR_PORT: String(options.state.ports.sandbox),
    SIMULATOR_DATA: join(folder, 'sandbox'),
    SIMULATOR_TOOL_JWKS_URL: `${urls.api}/.well-known/jwks.json`,
    SIMULATOR_COURSES: courses,
  });
  const service = serviceEnv(options, redis, urls);
  const delivery = start('delivery', 'services/delivery', service);
  const ingest = start('ingest', 'services/ingest', service);

  const children = [sandbox, delivery, ingest];
  const died = Promise.race([
    ...children.map((child) => child.died),
    redisDeath(redis, join(folder, 'redis-data', 'redis.log'), signal),
  ]);
  const ready = Promise.all([
    waitUntilReady('sandbox', `${urls.sandbox}/_sim/registration`, signal),
    waitUntilReady('delivery', new URL('/readyz', urls.deliveryMetrics).href, signal),
    waitUntilReady('ingest', `${urls.api}/readyz`, signal),
  ]);
  // The loser goes on until its own end; what it then says is of no interest.
  ready.catch(() => {});
  const death = await Promise.race([ready.then(() => undefined), died]);
  if (death) throw deathError(death);

  const running = starting.move();
  return { urls, died, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Says which process ended and what it said last. */
export function deathError({ name, how, lastLines }: Death): CliError {
  return new CliError(
    `${name} ${how}`,
    lastLines.length > 0 ? `Its last lines:\n${lastLines.join('\n')}` : undefined,
  );
}

function urlsOf({ apiPort, state: { ports } }: StackOptions): StackUrls {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  return {
    api: at(apiPort),
    sandbox: at(ports.sandbox),
    ingestMetrics: `${at(ports.metrics)}/metrics`,
    deliveryMetrics: `${at(ports.delivery)}/metrics`,
  };
}

function serviceEnv(
  { apiPort, state }: StackOptions,
  redis: LocalRedis,
  urls: StackUrls,
): Record<string, string> {
  return {
    GRADEWIRE_REDIS_URL: redis.url,
    GRADEWIRE_HOST: '127.0.0.1',
    GRADEWIRE_PORT: String(apiPort),
    GRADEWIRE_METRICS_PORT: String(state.ports.metrics),
    GRADEWIRE_DELIVERY_PORT: String(state.ports.delivery),
    GRADEWIRE_PUBLIC_URL: urls.api,
    GRADEWIRE_ADMIN_KEY: state.adminKey,
    GRADEWIRE_ENCRYPTION_KEY: state.encryptionKey,
    // The sandbox is on loopback.
    GRADEWIRE_ALLOW_PRIVATE_NETWORKS: 'true',
  };
}

/** Redis is no child of this module's making, so its process id is looked at. */
function redisDeath({ pid }: LocalRedis, logFile: string, signal: AbortSignal): Promise<Death> {
  return new Promise((resolve) => {
    if (pid === undefined) return;
    const timer = setInterval(() => {
      if (signal.aborted) return clearInterval(timer);
      if (isRunning(pid)) return;
      clearInterval(timer);
      resolve({ name: 'Redis', how: `ended (its log: ${logFile})`, lastLines: [] });
    }, REDIS_LOOK_MS);
    timer.unref();
  });
}
