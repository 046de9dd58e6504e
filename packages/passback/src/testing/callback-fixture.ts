import { randomBytes } from 'node:crypto';
import type { CallbackInput } from '../callback.ts';
import { callbackMessageId, eventBody } from '../callback-message.ts';
import { CallbackDigests } from '../redis/callback-digests.ts';
import { CallbackStore } from '../redis/callback-store.ts';
import { CallbackUnits, type CallbackUnitsOptions, type EventToStore } from '../redis/callback-units.ts';
import { SecretBox } from '../redis/secret-box.ts';
import { day, minute } from './record-fixture.ts';
import { useTestRedis } from './store-fixture.ts';

export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** Callbacks as a caller puts them. */
export function callbackInput(changes: Partial<CallbackInput> = {}): CallbackInput {
  return {
    url: 'https://app.example/hook',
    events: ['score.delivered', 'score.dead'],
    secret: newSecret(),
    form: 'each',
    ...changes,
  };
}

/** The stores of callbacks over one Redis; `time.shift` moves it. */
export function useCallbackStores() {
  const fixture = useTestRedis();
  const key = randomBytes(32);
  const box = new SecretBox(key);
  const time = { shift: 0 };
  const clockShiftMs = () => time.shift;
  let sequence = 0;
  const stores = {
    key,
    time,
    get redis() {
      return fixture.redis;
    },
    store: (sealing: SecretBox = box) =>
      new CallbackStore({ redis: fixture.redis, box: sealing, clockShiftMs }),
    units: (options: Partial<CallbackUnitsOptions> = {}) =>
      new CallbackUnits({
        redis: fixture.redis,
        box,
        retry: { baseMs: 1_000, maxMs: 60_000, maxAgeMs: day },
        hold: { baseMs: 1_000, maxMs: 30_000 },
        retentionMs: 30 * day,
        claimMs: minute,
        random: () => 0.5,
        clockShiftMs,
        ...options,
      }),
    digests: () => new CallbackDigests({ redis: fixture.redis, box, clockShiftMs }),
    /** An event of a platform for callbacks, later than the one before. */
    event(callbackIds: readonly string[], data: object = {}): EventToStore {
      sequence += 1;
      const atMs = Date.now() + time.shift;
      return {
        id: `${atMs}-${sequence}`,
        messageId: callbackMessageId(atMs, sequence, 'test'),
        type: 'score.delivered',
        atMs,
        body: eventBody('score.delivered', atMs, { n: sequence, ...data }),
        callbackIds,
      };
    },
    async added(callbackId: string, count = 1): Promise<string[]> {
      const events = Array.from({ length: count }, () => stores.event([callbackId]));
      await stores.units().store('p', events);
      return events.map(({ messageId }) => messageId);
    },
  };
  return stores;
}

export const ok = { kind: 'delivered', httpStatus: 200 } as const;
export const failed = {
  kind: 'failed',
  httpStatus: 500,
  reason: 'STATUS',
  error: '500',
  isGone: false,
} as const;
export const gone = { ...failed, httpStatus: 410, reason: 'GONE', error: '410', isGone: true } as const;
