import { createPlatformHttp, type PlatformHttp, type SendRequest } from '@gradewire/ags';
import type { Platform } from '@gradewire/passback';
import { LaneQueues, Lanes, Wakes } from '@gradewire/passback/bullmq';
import {
  ActivePlatforms,
  connectRedis,
  fetchToken,
  LaunchStore,
  LineItemResolver,
  PlatformStore,
  queueConnection,
  RequestBudget,
  RosterCache,
  ScoreReader,
  ScoreRecord,
  SecretBox,
  TokenCache,
  ToolKeyStore,
} from '@gradewire/passback/redis';
import { createLogger, createRegistry, type Logger, type Registry } from '@gradewire/telemetry';
import { buryCell } from './bury-cell.ts';
import { createCallbackEvents } from './callbacks/callback-events.ts';
import { createCallbacks } from './callbacks/create-callbacks.ts';
import type { Dispatcher } from './callbacks/dispatcher.ts';
import type { Config } from './config.ts';
import { createDeliver } from './create-deliver.ts';
import { createEvents } from './events.ts';
import { InFlight } from './in-flight.ts';
import { createMetrics } from './metrics.ts';
import type { Parts } from './parts.ts';
import { Turns } from './turns.ts';

type Redis = ReturnType<typeof connectRedis>;

/** All parts of the process, put together and not yet started. */
export interface Context {
  logger: Logger;
  registry: Registry;
  redis: Redis;
  http: PlatformHttp;
  toolKeys: ToolKeyStore;
  queues: LaneQueues;
  wakes: Wakes;
  lanes: Lanes;
  callbacks: Dispatcher;
  /** For callbacks alone, so that their endpoints and platforms take no connections from each other. */
  callbackHttp: PlatformHttp;
}

// How much longer than one request a cell belongs to its worker, so that looking up and sending fit in between.
const leaseMarginMs = 10_000;
const callbackUserAgent = 'Gradewire/0.1 (callback)';
// Each callback has its own limit; one of a host shall not wait for others there.
const callbackConnectionsPerOrigin = 2_000;

/** Puts the parts together; nothing is connected yet. */
export function createContext(config: Config): Context {
  const { requestTimeoutMs, allowPrivateNetworks, retentionMs, cellRetentionMs } = config;
  const logger = createLogger({ name: 'delivery', level: config.logLevel });
  const registry = createRegistry();
  const metrics = createMetrics(registry);
  const events = createEvents({ logger, metrics });
  const redis = connectRedis(config.redisUrl, 'patient');
  // The slots bound what is in flight; a lower bound per origin would have lanes of one host wait for each other.
  const http = createPlatformHttp({
    requestTimeoutMs,
    allowPrivateNetworks,
    maxConnectionsPerOrigin: config.concurrency,
  });

  const sendTo =
    (platform: Platform): SendRequest =>
    async (request) => {
      const answer = await http.send(request);
      events.requested({ profile: platform.profile, answer });
      return answer;
    };
  const box = new SecretBox(config.encryptionKey, config.previousEncryptionKey);
  const toolKeys = new ToolKeyStore({ redis, box });
  const platforms = new PlatformStore({ redis });
  const budget = new RequestBudget({ redis });
  const reader = new ScoreReader({ redis, box });
  const active = new ActivePlatforms({ redis });
  const queues = new LaneQueues({ connection: queueConnection(redis) });
  const callbackHttp = createPlatformHttp({
    requestTimeoutMs,
    allowPrivateNetworks,
    userAgent: callbackUserAgent,
    maxConnectionsPerOrigin: callbackConnectionsPerOrigin,
  });
  const callbacks = createCallbacks({
    redis,
    connection: queues.connection,
    box,
    reader,
    active,
    http: callbackHttp,
    events: createCallbackEvents({ logger, metrics }),
    config,
  });
  const parts: Parts = {
    record: new ScoreRecord({
      redis,
      box,
      retentionMs,
      cellRetentionMs,
      leaseMs: requestTimeoutMs + leaseMarginMs,
      onTold: (platformId) => callbacks.nudge(platformId),
    }),
    tokens: new TokenCache({
      redis,
      box,
      fetchToken: (platform, scopes, send = sendTo(platform)) =>
        fetchToken({ toolKeys, send, events }, platform, scopes),
      lockMs: requestTimeoutMs + leaseMarginMs,
    }),
    lineItems: new LineItemResolver({
      redis,
      send: http.send,
      requestTimeoutMs,
      retentionMs: cellRetentionMs,
    }),
    launches: new LaunchStore({ redis, cellRetentionMs }),
    rosters: new RosterCache({ redis, box, lockMs: requestTimeoutMs + leaseMarginMs }),
    events,
    retry: config.retry,
    requestTimeoutMs,
    monotonic: () => performance.now(),
    now: Date.now,
    random: Math.random,
  };
  const slots = new InFlight({ capacity: config.concurrency });
  const turns = new Turns({ slots, budget, events, sendTo, requestTimeoutMs, now: Date.now });

  const wakes = new Wakes({ redis });
  const lanes = new Lanes({
    redis,
    queues,
    wakes,
    reader,
    retentionMs,
    active,
    deliver: createDeliver({ parts, platforms, turns, throttleMs: config.hold.baseMs }),
    bury: (input) => buryCell(parts, input),
    concurrencyOf: async (platformId) => (await platforms.cached(platformId))?.limits.concurrency ?? 1,
    events,
    hold: config.hold,
    graceMs: config.credentialsGraceMs,
    // A probe can take a token, a line item and a post.
    probeLifeMs: 4 * requestTimeoutMs + leaseMarginMs,
  });
  return { logger, registry, redis, http, toolKeys, queues, wakes, lanes, callbacks, callbackHttp };
}
