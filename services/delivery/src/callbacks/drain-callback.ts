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
  wait: (ms: number) => Promise<void>;
}

/** Requests that one endpoint gets at once. */
const requestsAtOnce = 8;
/** How long what is new waits at most while a request hangs, ms. */
const lookAgainMs = 1_000;
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
  const { units, wait } = parts;
  const inFlight = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const failed = (error: unknown) => void failures.push(error);
  let sent = 0;
  for (;;) {
    const free = failures.length > 0 || stopping.aborted ? 0 : requestsAtOnce - inFlight.size;
    const taken = free > 0 ? await takeDue(parts, callbackId, free).catch(failed) : undefined;
    for (const unit of taken?.units ?? []) {
      const sending = sendUnit(parts, callbackId, taken!, unit)
        .catch(failed)
        .finally(() => inFlight.delete(sending));
      inFlight.add(sending);
      sent += 1;
    }
    if (taken?.units.length) continue;
    if (inFlight.size === 0) break;
    await Promise.race(free > 0 ? [...inFlight, wait(lookAgainMs)] : inFlight);
  }
  if (failures.length > 0) throw failures[0];
  await units.failDisabled(callbackId);
  await units.trim(callbackId);
  const waitMs = await units.waitMs(callbackId);
  return waitMs === undefined ? undefined : Math.max(waitMs, sent > 0 ? 0 : idlePauseMs);
}

/** Takes what is due; when that is nothing, digests are made of what has been gathered for long enough. */
async function takeDue(parts: DrainParts, callbackId: string, most: number): Promise<Taken | undefined> {
  const taken = await parts.units.take(callbackId, most);
  if (taken?.unreadable) parts.events.unreadable({ callbackId, count: taken.unreadable });
  const isIdle = taken?.units.length === 0;
  if (isIdle && (await parts.digests.cut(callbackId)) > 0) return takeDue(parts, callbackId, most);
  return taken;
}

async function sendUnit(
  { units, queue, send, events, now }: DrainParts,
  callbackId: string,
  { nowMs, secrets }: Taken,
  unit: Unit,
): Promise<void> {
  // Receivers refuse what is minutes off: Redis's clock is the only one that counts.
  const answer = await send(callbackRequest(unit, secrets, new Date(nowMs)));
  const judged = judgeCallbackAnswer(answer, now());
  const { outcome, turned, callbackIds } = await units.settle(callbackId, unit, judged);
  const { durationMs } = answer;
  events.attempted({ callbackId, deliveryId: unit.id, durationMs, outcome, ...judged });
  if (turned) events.turned({ callbackId, turned });
  for (const other of callbackIds) await queue.enqueue(other);
}
