import type { AcceptItem, AcceptRefusal, AcceptResult } from '@gradewire/passback/redis';
import { platformLabel } from '@gradewire/telemetry';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';

export type AcceptParts = Pick<
  Context,
  'durability' | 'active' | 'record' | 'replicas' | 'lanes' | 'wakes' | 'metrics' | 'logger'
>;

/**
 * Takes scores of one platform in, together. They are durable when this returns; that their cells are queued too is
 * tried, and if it fails the sweeper does it, so that it never spoils an accepted score.
 * @returns one result per item, in order
 * @throws Problem `NOT_DURABLE` or `NOT_REPLICATED`, and what Redis throws when it is away
 */
export async function acceptScores(
  parts: AcceptParts,
  platformId: string,
  items: readonly AcceptItem[],
  source: 'api' | 'batch' | 'webhook',
): Promise<AcceptResult[]> {
  await parts.durability.requireDurable();
  // Marked before, so that a sweeper cannot retire the platform between its look and our write.
  await parts.active.add(platformId);
  const results = await parts.record.accept(platformId, items);
  const accepted = results.filter((result) => result.ok);
  await Promise.all([
    parts.replicas.confirm(),
    enqueue(parts, platformId, [
      ...new Set(accepted.filter((result) => result.enqueue).map(({ cell }) => cell)),
    ]),
  ]);
  const fresh = accepted.filter((result) => !result.replayed).length;
  if (fresh > 0) parts.metrics.scoresAccepted.inc({ platform: platformLabel(platformId), source }, fresh);
  return results;
}

/** Asks the lane to bring the cells up to date. Never throws: the record is what counts, the queue is a pointer to it. */
export async function enqueue(
  { lanes, wakes, logger }: Pick<Context, 'lanes' | 'wakes' | 'logger'>,
  platformId: string,
  cells: readonly string[],
): Promise<void> {
  if (cells.length === 0) return;
  try {
    const [first, ...others] = cells;
    const queued =
      others.length === 0 ? lanes.enqueue(platformId, first!) : lanes.enqueueMany(platformId, cells);
    await Promise.all([queued, wakes.publish(platformId)]);
  } catch (error) {
    logger.warn(
      { err: error, platformId, cells: cells.length },
      'accepted but not queued, left to the sweeper',
    );
  }
}

const POINTER: Record<AcceptRefusal, string> = {
  UNKNOWN_PLATFORM: '/platformId',
  TIMESTAMP_IN_FUTURE: '/timestamp',
  TIMESTAMP_TOO_OLD: '/timestamp',
  IDEMPOTENCY_MISMATCH: 'Idempotency-Key',
};

const WORDS: Record<AcceptRefusal, string> = {
  UNKNOWN_PLATFORM: 'names no registered platform',
  TIMESTAMP_IN_FUTURE: 'is more than 60 seconds ahead',
  TIMESTAMP_TOO_OLD: 'is older than what is remembered of a cell',
  IDEMPOTENCY_MISMATCH: 'was used with another body',
};

/** The record's refusal as the problem the caller is told. */
export function refusalProblem(code: AcceptRefusal): Problem {
  const error = { pointer: POINTER[code], detail: WORDS[code] };
  return new Problem(code, { errors: [error], detail: `${error.pointer} ${error.detail}` });
}
