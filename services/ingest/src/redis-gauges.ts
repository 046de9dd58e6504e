import { signerFor } from '@gradewire/passback';
import { gauge, MAX_LABEL_VALUES, OTHER, type Registry } from '@gradewire/telemetry';
import { readCallbackStates } from './callbacks/callback-states.ts';
import type { Context } from './context.ts';
import { ageSeconds } from './lanes.ts';
import { allPlatformIds } from './platform-ids.ts';

type GaugeParts = Pick<
  Context,
  | 'platforms'
  | 'reader'
  | 'webhookDeliveries'
  | 'callbacks'
  | 'laneState'
  | 'durability'
  | 'toolKeys'
  | 'now'
  | 'logger'
>;

interface PlatformState {
  platform: string;
  undelivered: number;
  oldestSeconds: number;
  dead: { reason: string; count: number }[];
  /** Webhook deliveries of which something came to no score. */
  unmatched: number;
  /** Why it is held or paused; of several platforms as `other`, every reason once. */
  held: string[];
}

/** One look at Redis serves the gauges of a scrape. */
const SCRAPE_MS = 1_000;
/** Platforms asked at once, so that a scrape does not crowd out requests. */
const CHUNK = 50;

/**
 * Registers the gauges that are read from Redis on every scrape, so that they are the same on every ingest. While Redis
 * is away they are absent, which alerts on absence notice.
 */
export function registerRedisGauges(registry: Registry, parts: GaugeParts): void {
  const states = shared(() => readStates(parts), parts.now);
  const whenReadable =
    <T>(read: () => Promise<T>, use: (value: T) => void) =>
    async () => {
      await read().then(use, (error) => parts.logger.warn({ err: error }, 'a gauge could not be read'));
    };
  const fromStates = <L extends string>(
    name: string,
    help: string,
    labels: readonly L[],
    rows: (state: PlatformState) => { labels: Record<L, string>; value: number }[],
  ) =>
    gauge(registry, {
      name,
      help,
      labels,
      collect: (self) =>
        whenReadable(states, (all) => {
          for (const row of all.flatMap(rows)) self.set(row.labels, row.value);
        })(),
    });

  fromStates(
    'gradewire_undelivered',
    'Gradebook cells that do not show their newest score yet.',
    ['platform'],
    (state) => [{ labels: { platform: state.platform }, value: state.undelivered }],
  );
  fromStates(
    'gradewire_oldest_undelivered_seconds',
    'Age of the score that waits longest, held and retrying ones included.',
    ['platform'],
    (state) => [{ labels: { platform: state.platform }, value: state.oldestSeconds }],
  );
  fromStates(
    'gradewire_dead_letters',
    'Scores the platform refused for good.',
    ['platform', 'reason'],
    (state) =>
      state.dead.map(({ reason, count }) => ({ labels: { platform: state.platform, reason }, value: count })),
  );
  fromStates(
    'gradewire_webhooks_unmatched',
    'Webhook deliveries of which something came to no score yet.',
    ['platform'],
    (state) => [{ labels: { platform: state.platform }, value: state.unmatched }],
  );
  fromStates(
    'gradewire_lane_held',
    '1 while nothing but probes is sent to the platform.',
    ['platform', 'reason'],
    (state) => state.held.map((reason) => ({ labels: { platform: state.platform, reason }, value: 1 })),
  );
  const callbacks = shared(() => readCallbackStates(parts), parts.now);
  gauge(registry, {
    name: 'gradewire_callback_deliveries_pending',
    help: 'What a callback is still to be sent.',
    labels: ['callback'],
    collect: (self) =>
      whenReadable(callbacks, (all) => {
        for (const { callback, pending } of all) self.set({ callback }, pending);
      })(),
  });
  gauge(registry, {
    name: 'gradewire_callbacks_disabled',
    help: '1 for a callback that is sent nothing until somebody puts it again.',
    labels: ['callback'],
    collect: (self) =>
      whenReadable(callbacks, (all) => {
        for (const { callback, disabled } of all) if (disabled > 0) self.set({ callback }, disabled);
      })(),
  });
  gauge(registry, {
    name: 'gradewire_redis_durability',
    help: 'How Redis keeps an acknowledged score: always, everysec, no, none or unknown.',
    labels: ['mode'],
    collect: (self) =>
      whenReadable(
        () => parts.durability.current(),
        ({ mode }) => self.set({ mode }, 1),
      )(),
  });
  gauge(registry, {
    name: 'gradewire_tool_key_age_seconds',
    help: 'How long the key that signs for all platforms has been signing.',
    labels: [],
    collect: (self) =>
      whenReadable(
        async () => signerFor(await parts.toolKeys.list(), undefined, parts.now()),
        (key) => {
          if (key) self.set(Math.max(0, (parts.now() - key.signsFromMs!) / 1_000));
        },
      )(),
  });
  gauge(registry, {
    name: 'gradewire_tool_keys_sealed',
    help: 'Private keys by the encryption key that opens them: current, previous or unknown.',
    labels: ['sealed_by'],
    collect: (self) =>
      whenReadable(
        () => parts.toolKeys.secrets.sealCounts(),
        (counts) => {
          for (const [sealedBy, count] of Object.entries(counts)) self.set({ sealed_by: sealedBy }, count);
        },
      )(),
  });
}

async function readStates(parts: GaugeParts): Promise<PlatformState[]> {
  const ids = await allPlatformIds(parts);
  const states: PlatformState[] = [];
  for (let i = 0; i < ids.length; i += CHUNK) {
    states.push(...(await Promise.all(ids.slice(i, i + CHUNK).map((id) => readState(parts, id)))));
  }
  return boundStates(states);
}

async function readState(parts: GaugeParts, platform: string): Promise<PlatformState> {
  const { reader, webhookDeliveries, laneState, now } = parts;
  const [undelivered, dead, unmatched, lane] = await Promise.all([
    reader.undelivered(platform),
    reader.deadSummary([platform]),
    webhookDeliveries.countUnmatched(platform),
    laneState.get(platform),
  ]);
  const held = lane.paused ? 'PAUSED' : lane.holdReason;
  return {
    platform,
    undelivered: undelivered.count,
    oldestSeconds: ageSeconds(undelivered.oldestSinceMs, now()),
    dead,
    unmatched,
    held: held === undefined ? [] : [held],
  };
}

/**
 * Keeps the first platforms, in the store's order and so the same on every ingest; the rest is summed up as `other`,
 * with the oldest age of them all.
 */
export function boundStates(
  states: readonly PlatformState[],
  max: number = MAX_LABEL_VALUES,
): PlatformState[] {
  const rest = states.slice(max);
  if (rest.length === 0) return [...states];
  const dead = Map.groupBy(
    rest.flatMap((state) => state.dead),
    (row) => row.reason,
  );
  const other: PlatformState = {
    platform: OTHER,
    undelivered: rest.reduce((sum, state) => sum + state.undelivered, 0),
    oldestSeconds: Math.max(...rest.map((state) => state.oldestSeconds)),
    dead: [...dead].map(([reason, rows]) => ({
      reason,
      count: rows.reduce((sum, row) => sum + row.count, 0),
    })),
    unmatched: rest.reduce((sum, state) => sum + state.unmatched, 0),
    held: [...new Set(rest.flatMap((state) => state.held))],
  };
  return [...states.slice(0, max), other];
}

function shared<T>(read: () => Promise<T>, now: () => number): () => Promise<T> {
  let last: { value: Promise<T>; atMs: number } | undefined;
  return () => {
    if (!last || now() - last.atMs > SCRAPE_MS) {
      const value = read();
      last = { value, atMs: now() };
      // A failure is told to those who wait for it, but not kept.
      value.catch(() => {
        last = undefined;
      });
    }
    return last.value;
  };
}
