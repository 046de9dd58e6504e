import { createHash } from 'node:crypto';
import type { CallbackEvent, DisabledReason } from './callback.ts';

/** A digest is sent at so many events, or when its first one has waited for so long. */
export const DIGEST_EVENTS = 500;
export const DIGEST_WAIT_MS = 10_000;
/** More than receivers take as a matter of course is not sent in one, unless one event alone is as large. */
export const DIGEST_BYTES = 1_048_576;

/** A body that is read again. */
interface Told {
  type: string;
  timestamp: string;
  data: { platformId?: string; events?: Told[] };
}

/**
 * The `webhook-id` of an event: made of what the event is, so that one that is dispatched twice is one, and sorting by the
 * time of the event. `source` tells it from others of its millisecond.
 */
export function callbackMessageId(atMs: number, sequence: number, source: string): string {
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 12);
  return `ev_${base36(atMs, 9)}${base36(sequence, 4)}${hash}`;
}

/** The body of one event as it is sent. */
export function eventBody(type: CallbackEvent, atMs: number, data: object): string {
  return JSON.stringify({ type, timestamp: new Date(atMs).toISOString(), data });
}

/** The body of several events in one; `events` are bodies of single ones. */
export function digestBody(atMs: number, events: readonly string[]): string {
  return `{"type":"digest","timestamp":"${new Date(atMs).toISOString()}","data":{"events":[${events.join(',')}]}}`;
}

/**
 * What of a body is of the given platforms: of a digest those events, undefined when nothing is. What is of no platform is
 * left in.
 */
export function bodyWithin(body: string, platformIds: readonly string[]): string | undefined {
  const { type, timestamp, data } = JSON.parse(body) as Told;
  const isWithin = ({ platformId }: Told['data']) =>
    platformId === undefined || platformIds.includes(platformId);
  if (!data.events) return isWithin(data) ? body : undefined;
  const events = data.events.filter((event) => isWithin(event.data));
  if (events.length === data.events.length) return body;
  return events.length === 0 ? undefined : JSON.stringify({ type, timestamp, data: { events } });
}

/** What is told of a callback that was disabled. */
export function disabledBody(callbackId: string, reason: DisabledReason, atMs: number): string {
  return eventBody('callback.disabled', atMs, { callbackId, reason });
}

/** How many of the events, from the first on, one digest holds. */
export function fittingEvents(events: readonly string[]): number {
  let bytes = 0;
  const tooMuch = events.findIndex((event) => {
    bytes += Buffer.byteLength(event);
    return bytes > DIGEST_BYTES;
  });
  return tooMuch === -1 ? events.length : Math.max(1, tooMuch);
}

/**
 * How many of the gathered events are to be sent now in one digest, given how many there are and when the first was
 * gathered; `waitMs` is how long to wait for more.
 */
export function cutDigest(
  gathered: { count: number; firstAtMs?: number },
  nowMs: number,
): { events: number } | { waitMs: number } | undefined {
  const { count, firstAtMs } = gathered;
  if (count === 0 || firstAtMs === undefined) return undefined;
  const waitMs = firstAtMs + DIGEST_WAIT_MS - nowMs;
  if (count < DIGEST_EVENTS && waitMs > 0) return { waitMs };
  return { events: Math.min(count, DIGEST_EVENTS) };
}

function base36(value: number, length: number): string {
  return value.toString(36).padStart(length, '0');
}
