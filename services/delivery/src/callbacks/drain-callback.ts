import type { SendRequest } from '@gradewire/ags';
import { judgeCallbackAnswer } from '@gradewire/passback';
import type { CallbackQueue } from '@gradewire/passback/bullmq';
import type { CallbackDigests, CallbackUnits, Taken, Unit } from '@gradewire/passback/redis';
import type { CallbackEvents } from './callback-events.ts';
import { callbackRequest } from './post-unit.ts';

export interface DrainParts {
  digests: Pick<CallbackDigests, 'cut'>;
  units: Pick<CallbackUnits, 'take' | 'settle' | 'failDisabled' | 'trim' | 'waitMs'>;
  queue: Pick<CallbackQueue, 'enqueue'>;
  send: SendRequest;
  events: CallbackEvents;
  now: () => number;
  /** Milliseconds that only grow. */
  monotonic: () => number;
}

/** Requests that one endpoint gets at once. */
const requestsAtOnce = 8;
/** After so long the next callback has its turn, ms; what is under way ends. */
const turnMs = 10_000;
/** When it is due although nothing could be taken, others are at it: no reason to spin. */
const idlePauseMs = 200;

/**
 * Sends what one callback is due, from top to bottom, and says in how many ms it wants to be looked after again. Whatever the
 * endpoint answers is a value; it rejects only for bugs and for Redis, when all that is under way has ended.
 */
export async function drainCallback(
  parts: DrainParts,
  callbackId: string,
  stopping: AbortSignal,
): Promise<number | undefined> {
  const { digests, units, events, monotonic } = parts;
  const startedAt = monotonic();
  const inFlight = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let sent = 0;
  await digests.cut(callbackId);
  for (;;) {
    const mayTake = failures.length === 0 && !stopping.aborted && monotonic() - startedAt < turnMs;
    const free = mayTake ? requestsAtOnce - inFlight.size : 0;
    const taken = free > 0 ? await units.take(callbackId, free) : undefined;
    if (taken?.unreadable) events.unreadable({ callbackId, count: taken.unreadable });
    for (const unit of taken?.units ?? []) {
      const sending = sendUnit(parts, callbackId, taken!, unit)
        .catch((error) => void failures.push(error))
        .finally(() => inFlight.delete(sending));
      inFlight.add(sending);
      sent += 1;
    }
    if (inFlight.size === 0) break;
    if (inFlight.size === requestsAtOnce || !taken?.units.length) await Promise.race(inFlight);
  }
  if (failures.length > 0) throw failures[0];
  await units.failDisabled(callbackId);
  await units.trim(callbackId);
  const waitMs = await units.waitMs(callbackId);
  return waitMs === undefined ? undefined : Math.max(waitMs, sent > 0 ? 0 : idlePauseMs);
}

async function sendUnit(
  { units, queue, send, events, now }: DrainParts,
  callbackId: string,
  { url, secrets }: Taken,
  unit: Unit,
): Promise<void> {
  const answer = await send(callbackRequest(url, secrets, unit, new Date(now())));
  const judged = judgeCallbackAnswer(answer, now());
  const { outcome, turned, callbackIds } = await units.settle(callbackId, unit, judged);
  const { durationMs } = answer;
  events.attempted({ callbackId, deliveryId: unit.id, durationMs, outcome, ...judged });
  if (turned) events.turned({ callbackId, turned });
  for (const other of callbackIds) await queue.enqueue(other);
}
