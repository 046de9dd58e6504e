import { type Callback, callbackMessageId, eventBody, wantsEvent } from '@gradewire/passback';
import type {
  CallbackUnits,
  EventToStore,
  Outbox,
  OutboxEntry,
  ScoreReader,
  ScoreView,
} from '@gradewire/passback/redis';

export interface DispatchParts {
  outbox: Pick<Outbox, 'page' | 'remove'>;
  reader: Pick<ScoreReader, 'many'>;
  units: Pick<CallbackUnits, 'callbacks' | 'store'>;
}

const entriesPerPage = 100;

/**
 * Brings what has happened on a platform to the callbacks that want it, in the order in which it happened; returns whom. A
 * process that dies on the way, and two that do the same at once, do no harm: what was taken in once is not taken in again.
 */
export async function dispatch(parts: DispatchParts, platformId: string): Promise<string[]> {
  const { outbox, units } = parts;
  const told = new Set<string>();
  for (;;) {
    const entries = await outbox.page(platformId, entriesPerPage);
    if (entries.length === 0) return [...told];
    const events = await eventsOf(parts, platformId, entries, await units.callbacks());
    if (events.length > 0) await units.store(platformId, events);
    for (const { callbackIds } of events) for (const id of callbackIds) told.add(id);
    await outbox.remove(
      platformId,
      entries.map(({ id }) => id),
    );
    if (entries.length < entriesPerPage) return [...told];
  }
}

async function eventsOf(
  { reader }: Pick<DispatchParts, 'reader'>,
  platformId: string,
  entries: readonly OutboxEntry[],
  callbacks: readonly Callback[],
): Promise<EventToStore[]> {
  const wanted = entries
    .map((entry) => ({
      entry,
      callbackIds: callbacks
        .filter((callback) => wantsEvent(callback, entry.type, [platformId]))
        .map(({ id }) => id),
    }))
    .filter(({ callbackIds }) => callbackIds.length > 0);
  const scoreIds = new Set(wanted.flatMap(({ entry }) => entry.scoreId ?? []));
  const views = await reader.many(platformId, [...scoreIds]);
  const scores = new Map(views.map((view) => [view.id, view]));
  return wanted.map(({ entry, callbackIds }) => {
    const { id, type, atMs } = entry;
    return {
      id,
      messageId: messageIdOf(platformId, id),
      type,
      atMs,
      body: eventBody(type, atMs, dataOf(platformId, entry, scores)),
      callbackIds,
    };
  });
}

/** What is known of a score by now, without its attempts. Of one whose retention is over that is what became of it. */
function dataOf(platformId: string, entry: OutboxEntry, scores: ReadonlyMap<string, ScoreView>): object {
  const { type, scoreId, reason, untilMs } = entry;
  if (scoreId === undefined) {
    const heldUntil = untilMs === undefined ? undefined : new Date(untilMs).toISOString();
    return { platformId, reason, heldUntil };
  }
  const view = scores.get(scoreId);
  if (!view) return { id: scoreId, platformId, status: type.replace('score.', '') };
  const { attempts: _, ...score } = view;
  return score;
}

function messageIdOf(platformId: string, entryId: string): string {
  const [ms = 0, sequence = 0] = entryId.split('-').map(Number);
  return callbackMessageId(ms, sequence, `${platformId} ${entryId}`);
}
