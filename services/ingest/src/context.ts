import { createPlatformHttp, type PlatformHttp, PlatformKeys } from '@gradewire/ags';
import { createMapper, type Mapper } from '@gradewire/autograders';
import { CallbackQueue, LaneQueues, Wakes } from '@gradewire/passback/bullmq';
import {
  ActivePlatforms,
  ApiKeyStore,
  BatchStore,
  CallbackStore,
  connectRedis,
  DeliveredCells,
  fetchToken,
  IdentityStore,
  KnownColumns,
  LaneState,
  LaunchStore,
  LineItemResolver,
  PlatformStore,
  queueConnection,
  ReconciliationStore,
  ReplayStore,
  RequestBudget,
  RosterCache,
  ScoreReader,
  ScoreRecord,
  SealedSelectors,
  SecretBox,
  TokenCache,
  ToolKeyStore,
  WebhookDeliveries,
  WebhookSourceStore,
} from '@gradewire/passback/redis';
import { createLogger, createRegistry, type Logger, type Registry } from '@gradewire/telemetry';
import type { VerifyKey } from './auth.ts';
import type { Config } from './config.ts';
import type { SealedSecrets } from './encryption-key/encryption-status.ts';
import { GENEROUS_RATE, type RateLimit } from './http/rate-limit.ts';
import { CourseRosters } from './intake/course-rosters.ts';
import { IntakeRunner } from './intake/intake-runner.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createPlatformEvents } from './platform-reads/platform-events.ts';
import { PlatformReads } from './platform-reads/platform-reads.ts';
import { judgeDurability } from './redis-health/durability.ts';
import { DurabilityWatch } from './redis-health/durability-watch.ts';
import { readDurability } from './redis-health/read-durability.ts';
import { ReplicaWait } from './redis-health/replica-wait.ts';
import { TrialPlaces } from './webhooks/trial-places.ts';

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
  /** What the encryption key seals and is to outlast it. */
  sealed: SealedSecrets;
  record: ScoreRecord;
  reader: ScoreReader;
  active: ActivePlatforms;
  batches: BatchStore;
  replays: ReplayStore;
  reconciliations: ReconciliationStore;
  delivered: DeliveredCells;
  laneState: LaneState;
  launches: LaunchStore;
  /** What platforms sign launches with. */
  platformKeys: PlatformKeys;
  lineItems: LineItemResolver;
  rosters: RosterCache;
  columns: KnownColumns;
  lanes: LaneQueues;
  wakes: Wakes;
  callbacks: CallbackStore;
  callbackQueue: CallbackQueue;
  webhookSources: WebhookSourceStore;
  webhookDeliveries: WebhookDeliveries;
  identities: IdentityStore;
  courseRosters: CourseRosters;
  /** Applies the mappings of sources. */
  mapper: Mapper;
  /** Applies those that take long, and those that are only tried. */
  slowMapper: Mapper;
  trialPlaces: TrialPlaces;
  /** Told of each new delivery; one that it misses is found by a look at those that are due. */
  intake: Pick<IntakeRunner, 'start' | 'wake' | typeof Symbol.asyncDispose>;
  budget: RequestBudget;
  http: PlatformHttp;
  reads: PlatformReads;
  /** How platforms reach this server; complete once it listens. No slash at the end. */
  publicUrl: string;
  /** True once the process is on its way out. */
  draining: boolean;
}

/** How much longer than one request a token or roster is this process's to fetch; as in delivery, since they share the locks. */
const TOKEN_LOCK_MARGIN_MS = 10_000;

/** Builds the parts from the configuration; what `overrides` names is taken from there. Nothing is connected yet. */
export function createContext(config: Config, overrides: Partial<Context> = {}): Context {
  const redis = overrides.redis ?? connectRedis(config.redisUrl, 'failFast');
  const laneRedis = overrides.laneRedis ?? queueConnection(redis);
  const registry = overrides.registry ?? createRegistry();
  const apiKeys = new ApiKeyStore({ redis });
  const { retentionMs, cellRetentionMs, minReplicas, requestTimeoutMs, allowPrivateNetworks } = config;
  const logger = overrides.logger ?? createLogger({ name: 'ingest', level: config.logLevel });
  const metrics = overrides.metrics ?? createMetrics(registry);
  const now = overrides.now ?? Date.now;
  const box = new SecretBox(config.encryptionKey, config.previousEncryptionKey);
  const toolKeys = overrides.toolKeys ?? new ToolKeyStore({ redis, box });
  const webhookSources = overrides.webhookSources ?? new WebhookSourceStore({ redis, box });
  const webhookDeliveries = overrides.webhookDeliveries ?? new WebhookDeliveries({ redis, box, retentionMs });
  const callbacks = overrides.callbacks ?? new CallbackStore({ redis, box });
  const identities = overrides.identities ?? new IdentityStore({ redis, box });
  const budget = overrides.budget ?? new RequestBudget({ redis });
  const http = overrides.http ?? createPlatformHttp({ requestTimeoutMs, allowPrivateNetworks });
  const platformEvents = createPlatformEvents({ logger, metrics });
  const tokens = new TokenCache({
    redis,
    box,
    fetchToken: (platform, scopes, send = http.send) =>
      fetchToken({ toolKeys, send, events: platformEvents }, platform, scopes),
    lockMs: requestTimeoutMs + TOKEN_LOCK_MARGIN_MS,
  });
  const rosters =
    overrides.rosters ?? new RosterCache({ redis, box, lockMs: requestTimeoutMs + TOKEN_LOCK_MARGIN_MS });
  const reads =
    overrides.reads ??
    new PlatformReads({ tokens, budget, send: http.send, requestTimeoutMs, events: platformEvents, now });
  const parts: Omit<Context, 'intake'> = {
    config,
    now,
    logger,
    registry,
    metrics,
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
    toolKeys,
    sealed: {
      box,
      stores: {
        toolKeys: toolKeys.secrets,
        userSelectors: new SealedSelectors({ redis, box }),
        callbacks,
        webhookSources,
        webhookDeliveries: webhookDeliveries.secrets,
        identities,
      },
    },
    record: new ScoreRecord({ redis, box, retentionMs, cellRetentionMs }),
    reader: new ScoreReader({ redis, box }),
    active: new ActivePlatforms({ redis }),
    batches: new BatchStore({ redis, retentionMs }),
    replays: new ReplayStore({ redis, retentionMs }),
    reconciliations: new ReconciliationStore({ redis, retentionMs }),
    delivered: new DeliveredCells({ redis, retentionMs: cellRetentionMs }),
    laneState: new LaneState({ redis }),
    launches: new LaunchStore({ redis, cellRetentionMs }),
    platformKeys: new PlatformKeys({ send: http.send }),
    rosters,
    lineItems: new LineItemResolver({
      redis,
      send: http.send,
      requestTimeoutMs,
      retentionMs: cellRetentionMs,
    }),
    columns: new KnownColumns({ redis, retentionMs: cellRetentionMs }),
    lanes: new LaneQueues({ connection: laneRedis }),
    wakes: new Wakes({ redis }),
    callbacks,
    callbackQueue: new CallbackQueue({ connection: laneRedis }),
    webhookSources,
    webhookDeliveries,
    identities,
    courseRosters: new CourseRosters({ rosters, reads, now }),
    mapper: createMapper(),
    slowMapper: createMapper(),
    trialPlaces: new TrialPlaces(),
    budget,
    http,
    reads,
    publicUrl: config.publicUrl ?? '',
    draining: false,
    ...overrides,
  };
  return { intake: new IntakeRunner(parts), ...parts };
}

/** Connects, and goes on trying when Redis is away. @returns when the first tries are over */
export async function connectContext({ redis, laneRedis }: Context): Promise<void> {
  await Promise.allSettled([redis.connect(), laneRedis.connect()]);
}

/** Closes what the context holds open. */
export async function closeContext(context: Context): Promise<void> {
  const { lanes, callbackQueue, mapper, slowMapper, http, redis, laneRedis } = context;
  await Promise.allSettled([
    lanes[Symbol.asyncDispose](),
    callbackQueue[Symbol.asyncDispose](),
    mapper[Symbol.asyncDispose](),
    slowMapper[Symbol.asyncDispose](),
    http.close(),
  ]);
  redis.disconnect();
  laneRedis.disconnect();
}
