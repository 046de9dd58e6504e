import { platformOfScore, type ScoreReader, type ScoreStatus } from '@gradewire/passback/redis';
import { SCORE_STATUSES } from '../schemas/score-view.ts';

const SETTLED: ReadonlySet<ScoreStatus> = new Set(['delivered', 'superseded', 'dead', 'cancelled']);

/** The statuses of scores of any platforms. One whose record's life is over is left out. */
export async function readStatuses(
  reader: Pick<ScoreReader, 'many'>,
  scoreIds: readonly string[],
): Promise<ScoreStatus[]> {
  const byPlatform = Map.groupBy(scoreIds, (id) => platformOfScore(id));
  const views = await Promise.all(
    [...byPlatform].map(([platformId, ids]) =>
      platformId === undefined ? [] : reader.many(platformId, ids),
    ),
  );
  return views.flat().map((view) => view.status);
}

/** How many scores have each status, and whether none is on its way any more. */
export function countByStatus(statuses: readonly ScoreStatus[]): {
  done: boolean;
  counts: Record<ScoreStatus, number>;
} {
  const counts = Object.fromEntries(SCORE_STATUSES.map((status) => [status, 0])) as Record<
    ScoreStatus,
    number
  >;
  for (const status of statuses) counts[status] += 1;
  return { done: statuses.every((status) => SETTLED.has(status)), counts };
}
