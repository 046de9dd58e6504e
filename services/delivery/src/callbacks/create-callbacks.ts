import { setTimeout as sleep } from 'node:timers/promises';
import type { PlatformHttp } from '@gradewire/ags';
import { CallbackQueue } from '@gradewire/passback/bullmq';
import {
  type ActivePlatforms,
  CallbackDigests,
  CallbackUnits,
  type connectRedis,
  Outbox,
  type ScoreReader,
  type SecretBox,
} from '@gradewire/passback/redis';
import type { Config } from '../config.ts';
import type { CallbackEvents } from './callback-events.ts';
import { dispatch } from './dispatch.ts';
import { Dispatcher, type DispatcherTiming } from './dispatcher.ts';
import { drainCallback } from './drain-callback.ts';

type Redis = ReturnType<typeof connectRedis>;

export interface CallbackParts {
  redis: Redis;
  /** BullMQ's own. */
  connection: Redis;
  box: SecretBox;
  reader: ScoreReader;
  active: ActivePlatforms;
  http: Pick<PlatformHttp, 'send'>;
  events: CallbackEvents;
  config: Pick<Config, 'retry' | 'hold' | 'retentionMs' | 'requestTimeoutMs'>;
  timing?: Partial<DispatcherTiming>;
}

/** How much longer than one request a unit belongs to whoever sends it. */
const claimMarginMs = 10_000;

/** Puts together what tells callbacks of events. */
export function createCallbacks(parts: CallbackParts): Dispatcher {
  const { redis, connection, box, reader, active, http, events, config, timing } = parts;
  const { retry, hold, retentionMs, requestTimeoutMs } = config;
  const claimMs = requestTimeoutMs + claimMarginMs;
  const outbox = new Outbox({ redis });
  const units = new CallbackUnits({ redis, box, retry, hold, retentionMs, claimMs, random: Math.random });
  const queue = new CallbackQueue({ connection });
  const draining = {
    digests: new CallbackDigests({ redis, box }),
    units,
    queue,
    send: http.send,
    events,
    now: Date.now,
    wait: (ms: number) => sleep(ms),
  };
  return new Dispatcher({
    redis,
    outbox,
    active,
    units,
    queue,
    dispatch: (platformId) => dispatch({ outbox, reader, units }, platformId),
    drain: (callbackId, stopping) => drainCallback(draining, callbackId, stopping),
    events,
    ...(timing && { timing }),
  });
}
