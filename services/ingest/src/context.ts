import { createPlatformHttp, type PlatformHttp } from '@gradewire/ags';
import { LaneQueues, Wakes } from '@gradewire/passback/bullmq';
import {
  ActivePlatforms,
  ApiKeyStore,
  BatchStore,
  connectRedis,
  LaneState,
  PlatformStore,
  queueConnection,
  ReplayStore,
  RequestBudget,
  ScoreReader,
  ScoreRecord,
  SecretBox,
  ToolKeyStore,
} from '@gradewire/passback/redis';
import { createLogger, createRegistry, type Logger, type Registry } from '@gradewire/telemetry';
import type { VerifyKey } from './auth.ts';
import type { Config } from './config.ts';
import { GENEROUS_RATE, type RateLimit } from './http/rate-limit.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { judgeDurability } from './redis-health/durability.ts';
import { DurabilityWatch } from './redis-health/durability-watch.ts';
import { readDurability } from './redis-health/read-durability.ts';
import { ReplicaWait } from './redis-health/replica-wait.ts';

type Redis = ReturnType<typeof connectRedis>;

/** Everything a request can need. Tests replace single parts. */
export interface Context {
  config: Config;
  now: () => number;
  logger: Logger;
  registry: Registry;
  metrics: Metrics;
  rateLimit: RateLimit;
  redis: Redis;
  /** BullMQ's own connection. */
  laneRedis: Redis;
  durability: DurabilityWatch;
  replicas: ReplicaWait;
  platforms: PlatformStore;
  apiKeys: ApiKeyStore;
  verifyKey: VerifyKey;
  toolKeys: ToolKeyStore;
  record: ScoreRecord;
  reader: ScoreReader;
  active: ActivePlatforms;
  batches: BatchStore;
  replays: ReplayStore;
  laneState: LaneState;
  lanes: LaneQueues;
  wakes: Wakes;
  budget: RequestBudget;
  http: PlatformHttp;
  /** True once the process is on its way out. */
  draining: boolean;
}

/** Builds the parts from the configuration; what `overrides` names is taken from there. Nothing is connected yet. */
export function createContext(config: Config, overrides: Partial<Context> = {}): Context {
  const redis = overrides.redis ?? connectRedis(config.redisUrl, 'failFast');
  const laneRedis = overrides.laneRedis ?? queueConnection(redis);
  const registry = overrides.registry ?? createRegistry();
  const apiKeys = new ApiKeyStore({ redis });
  const { retentionMs, cellRetentionMs, minReplicas } = config;
  return {
    config,
    now: Date.now,
    logger: createLogger({ name: 'ingest', level: config.logLevel }),
    registry,
    metrics: createMetrics(registry),
    rateLimit: GENEROUS_RATE,
    redis,
    laneRedis,
    durability: new DurabilityWatch({
      read: async () => judgeDurability(await readDurability(redis), minReplicas),
    }),
    replicas: new ReplicaWait({
      wait: (count, timeoutMs) => redis.wait(count, timeoutMs),
      replicas: minReplicas,
    }),
    platforms: new PlatformStore({ redis }),
    apiKeys,
    verifyKey: async (key) => {
      const found = await apiKeys.verify(key);
      return (
        found && {
          keyId: found.id,
          role: found.role,
          ...(found.platformIds && { platformIds: found.platformIds }),
        }
      );
    },
    toolKeys: new ToolKeyStore({ redis, box: new SecretBox(config.encryptionKey) }),
    record: new ScoreRecord({ redis, retentionMs, cellRetentionMs }),
    reader: new ScoreReader({ redis }),
    active: new ActivePlatforms({ redis }),
    batches: new BatchStore({ redis, retentionMs }),
    replays: new ReplayStore({ redis, retentionMs }),
    laneState: new LaneState({ redis }),
    lanes: new LaneQueues({ connection: laneRedis }),
    wakes: new Wakes({ redis }),
    budget: new RequestBudget({ redis }),
    http: createPlatformHttp({
      requestTimeoutMs: config.requestTimeoutMs,
      allowPrivateNetworks: config.allowPrivateNetworks,
    }),
    draining: false,
    ...overrides,
  };
}

/** Connects, and goes on trying when Redis is away. @returns when the first tries are over */
export async function connectContext({ redis, laneRedis }: Context): Promise<void> {
  await Promise.allSettled([redis.connect(), laneRedis.connect()]);
}

/** Closes what the context holds open. */
export async function closeContext({ lanes, http, redis, laneRedis }: Context): Promise<void> {
  await Promise.allSettled([lanes[Symbol.asyncDispose](), http.close()]);
  redis.disconnect();
  laneRedis.disconnect();
}
