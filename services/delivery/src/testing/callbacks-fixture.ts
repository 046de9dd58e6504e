import { randomBytes } from 'node:crypto';
import { createPlatformHttp } from '@gradewire/ags';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import type { CallbackInput, Score } from '@gradewire/passback';
import {
  ActivePlatforms,
  CallbackStore,
  connectRedis,
  LaneState,
  newScoreId,
  PlatformStore,
  queueConnection,
  ScoreReader,
  ScoreRecord,
  SecretBox,
  type Settlement,
} from '@gradewire/passback/redis';
import { createRegistry, type Registry } from '@gradewire/telemetry';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type CallbackEvents, createCallbackEvents } from '../callbacks/callback-events.ts';
import { type CallbackParts, createCallbacks } from '../callbacks/create-callbacks.ts';
import type { Dispatcher } from '../callbacks/dispatcher.ts';
import { createMetrics } from '../metrics.ts';
import { platformOf } from './fakes.ts';
import { type Receiver, type Reply, startReceiver } from './receiver.ts';

const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

export const platformId = 'school';
const day = 24 * 60 * 60_000;
const lineItemUrl = 'https://lms.test/lineitems/1';

export const box = new SecretBox(randomBytes(32));

type Redis = ReturnType<typeof connectRedis>;

interface SettleOptions {
  score?: Partial<Score>;
  /** The platform. */
  id?: string;
  onTold?: (platformId: string) => void;
}

/** A process that tells callbacks, its metrics and what it logged. */
type Telling = Dispatcher & { registry: Registry; lines: Record<string, unknown>[] };

export interface CallbackWorld {
  readonly redis: Redis;
  readonly server: TestRedis;
  readonly store: CallbackStore;
  readonly lanes: LaneState;
  record(onTold?: (platformId: string) => void): ScoreRecord;
  register(platformId: string): Promise<void>;
  scoreOf(changes?: Partial<Score>): Score;
  /** A score that is accepted and brought to its end; its id. */
  delivered(options?: SettleOptions): Promise<string>;
  dead(options?: SettleOptions): Promise<string>;
  /** An endpoint, and a callback that is registered for it. */
  receiver(callbackId: string, input?: Partial<CallbackInput>, reply?: Reply): Promise<Receiver>;
  /** One process, quick by default. */
  start(options?: StartOptions): Promise<Telling>;
}

type StartOptions = Partial<CallbackParts['config']> &
  Pick<CallbackParts, 'timing'> & { allowPrivateNetworks?: boolean; events?: Partial<CallbackEvents> };

/** Scores that end without any platform, and the processes that tell of it. */
export function useCallbacks(): CallbackWorld {
  let server: TestRedis;
  let redis: Redis;
  const open: AsyncDisposable[] = [];
  let users = 0;

  beforeAll(async () => {
    server = await startTestRedis();
    redis = connectRedis(server.url, 'patient');
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    await server.flush();
    await register(platformId);
  });
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
  });

  const keep = <T extends AsyncDisposable>(each: T): T => {
    open.push(each);
    return each;
  };

  async function register(id: string): Promise<void> {
    await new PlatformStore({ redis }).put({ ...platformOf({ clientId: id }), id });
    await new ActivePlatforms({ redis }).add(id);
  }

  const record = (onTold?: (id: string) => void) =>
    new ScoreRecord({
      redis,
      box,
      retentionMs: 30 * day,
      cellRetentionMs: 400 * day,
      ...(onTold && { onTold }),
    });

  async function settle(
    settlement: Settlement,
    { score = {}, id = platformId, onTold }: SettleOptions = {},
  ): Promise<string> {
    const scoreId = newScoreId(id, Date.now());
    const of = record(onTold);
    const [accepted] = await of.accept(id, [{ id: scoreId, score: scoreOf(score) }]);
    if (!accepted?.ok) throw new Error('not accepted');
    const column = { key: accepted.cell.split('.')[0]!, lineItemUrl };
    const begun = await of.begin({ platformId: id, cell: accepted.cell, wireStepMs: 1, column, probe: true });
    if (begun.kind !== 'post') throw new Error(`began ${begun.kind}`);
    await of.settle({ platformId: id, cell: begun.cell, scoreId, fence: begun.fence, settlement });
    return scoreId;
  }

  function scoreOf(changes: Partial<Score> = {}): Score {
    users += 1;
    return {
      userId: `u${users}`,
      target: { lineItemUrl },
      scoreGiven: 8,
      scoreMaximum: 10,
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
      ...changes,
    };
  }

  return {
    get redis() {
      return redis;
    },
    get server() {
      return server;
    },
    get store() {
      return new CallbackStore({ redis, box });
    },
    get lanes() {
      return new LaneState({ redis });
    },
    record,
    register,
    scoreOf,
    delivered: (options) =>
      settle({ kind: 'delivered', facts: { contentHash: 'h', hasGrade: true } }, options),
    dead: (options) =>
      settle({ kind: 'dead', reason: 'USER_NOT_FOUND', detail: 'nobody of this id' }, options),
    async receiver(callbackId, input = {}, reply) {
      const receiver = keep(await startReceiver(newSecret(), reply));
      await new CallbackStore({ redis, box }).put(callbackId, {
        url: receiver.url,
        events: ['score.delivered', 'score.dead', 'score.superseded', 'lane.held', 'lane.resumed'],
        secret: receiver.secret,
        form: 'each',
        ...input,
      });
      return receiver;
    },
    async start({ timing, allowPrivateNetworks = true, events, ...config } = {}) {
      const requestTimeoutMs = config.requestTimeoutMs ?? 2_000;
      const registry = createRegistry();
      const lines: Record<string, unknown>[] = [];
      const log = (line: object, words: string) => void lines.push({ ...line, msg: words });
      const logger = { debug: log, info: log, warn: log, error: log } as never;
      const http = createPlatformHttp({ requestTimeoutMs, allowPrivateNetworks });
      const connection = queueConnection(redis);
      const dispatcher = createCallbacks({
        redis,
        connection,
        box,
        reader: new ScoreReader({ redis, box }),
        active: new ActivePlatforms({ redis }),
        http,
        events: { ...createCallbackEvents({ logger, metrics: createMetrics(registry) }), ...events },
        config: {
          retry: { baseMs: 50, maxMs: 200, maxAgeMs: day },
          hold: { baseMs: 50, maxMs: 200 },
          retentionMs: 30 * day,
          ...config,
          requestTimeoutMs,
        },
        timing: { lookMs: 300, tickMs: 50, overdueMs: 300, ...timing },
      });
      await dispatcher.start();
      keep({
        async [Symbol.asyncDispose]() {
          await dispatcher[Symbol.asyncDispose]();
          connection.disconnect();
        },
      });
      return Object.assign(dispatcher, { registry, lines });
    },
  };
}
