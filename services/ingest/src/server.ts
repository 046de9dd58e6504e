import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metricsListener } from '@gradewire/telemetry';
import { createApp } from './app.ts';
import { type Config, ConfigError } from './config.ts';
import { type Context, closeContext, connectContext, createContext } from './context.ts';
import { ReconciliationRunner } from './reconciliations/reconciliation-runner.ts';
import { ReconciliationSchedule } from './reconciliations/reconciliation-schedule.ts';
import { registerRedisGauges } from './redis-gauges.ts';
import { ReplayRunner } from './replays/replay-runner.ts';
import { KeyKeeper } from './tool-keys/key-keeper.ts';

/** Requests under way get this long to finish; one can wait for a platform's answer. */
const DRAIN_MS = 30_000;

/** Longer than load balancers keep idle connections, so that it is they who end them. */
const KEEP_ALIVE_MS = 65_000;

export interface Ingest extends AsyncDisposable {
  url: string;
  metricsUrl: string;
  context: Context;
  /** Says on every further answer that the connection ends. */
  drain(): void;
}

/**
 * Starts the API and its metrics. It listens although Redis may be away: requests are 503 until it is there.
 * Disposing it drains: nothing new, what is under way finishes.
 * @throws ConfigError when a port is taken
 */
export async function startIngest(config: Config, overrides: Partial<Context> = {}): Promise<Ingest> {
  const context = createContext(config, overrides);
  const { logger, registry } = context;
  registerRedisGauges(registry, context);
  const onError = (error: unknown) => logger.warn({ err: error }, 'metrics could not be read');
  const metrics = await listen(
    metricsListener(registry, { onError }),
    config.host,
    config.metricsPort,
    'GRADEWIRE_METRICS_PORT',
  );
  const server = await listen(createApp(context), config.host, config.port, 'GRADEWIRE_PORT').catch(
    async (error: unknown) => {
      await close(metrics);
      await closeContext(context);
      throw error;
    },
  );

  watchRedis(context);
  void connectContext(context);
  const replayRunner = new ReplayRunner(context);
  replayRunner.start();
  const reconciliationRunner = new ReconciliationRunner(context);
  reconciliationRunner.start();
  const reconciliationSchedule = new ReconciliationSchedule(context, config.reconcileIntervalMs);
  reconciliationSchedule.start();
  const keyKeeper = new KeyKeeper(context);
  keyKeeper.start();
  context.intake.start();

  const url = urlOf(server, config.host);
  context.publicUrl = config.publicUrl ?? url;
  logger.info({ url, jwksUrl: `${context.publicUrl}/.well-known/jwks.json` }, 'listening');
  const drain = () => {
    context.draining = true;
  };
  return {
    url,
    metricsUrl: `${urlOf(metrics, config.host)}/metrics`,
    context,
    drain,
    async [Symbol.asyncDispose]() {
      drain();
      await Promise.all([
        close(server),
        replayRunner[Symbol.asyncDispose](),
        reconciliationRunner[Symbol.asyncDispose](),
        reconciliationSchedule[Symbol.asyncDispose](),
        keyKeeper[Symbol.asyncDispose](),
        context.intake[Symbol.asyncDispose](),
      ]);
      await close(metrics);
      await closeContext(context);
      logger.info('stopped');
    },
  };
}

/** Says once when Redis goes and comes, and sees to the first tool key, so that platforms can be told of it. */
function watchRedis({ redis, toolKeys, logger }: Context): void {
  const seeToToolKeys = async () => {
    await toolKeys.ensure();
    const { unknown } = await toolKeys.secrets.sealCounts();
    if (unknown > 0)
      logger.error({ event: 'encryption-key', unknown }, 'the encryption key does not open every tool key');
  };
  let isThere = true;
  redis.on('ready', () => {
    isThere = true;
    logger.info('redis is there');
    seeToToolKeys().catch((error: unknown) => logger.warn({ err: error }, 'no tool key yet'));
  });
  redis.on('close', () => {
    if (isThere) logger.warn('redis is away, trying on');
    isThere = false;
  });
}

function listen(listener: RequestListener, host: string, port: number, variable: string): Promise<Server> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reasons: Record<string, string> = {
        EADDRINUSE: 'is taken by another program',
        EACCES: 'may not be used without more rights',
        EADDRNOTAVAIL: `is not to be had on GRADEWIRE_HOST ${host}`,
      };
      const reason = reasons[error.code ?? ''];
      reject(
        reason
          ? new ConfigError(`${variable} ${port} ${reason}. Accepted: a free port, or 0 for any.`)
          : error,
      );
    });
    server.listen(port, host, () => resolve(server));
  });
}

/** Ends connections as soon as they are idle, and what takes longer than `DRAIN_MS` by force. */
async function close(server: Server): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(idle);
  clearTimeout(force);
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
