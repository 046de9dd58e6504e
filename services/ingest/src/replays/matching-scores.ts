import type { ScoreReader } from '@gradewire/passback/redis';
import type { ReplayFilter, ReplayRequest } from './replay-request.ts';

const PAGE = 200;

/** The scores that a replay is about, page by page, newest first. Named ones that are not dead are left out. */
export async function* matchingScores(
  reader: Pick<ScoreReader, 'list' | 'deadLetters' | 'many'>,
  request: ReplayRequest,
): AsyncGenerator<string[]> {
  if (request.filter) yield* matchingFilter(reader, request.filter, request.beforeMs);
  else for (let i = 0; i < request.scoreIds!.length; i += PAGE) yield request.scoreIds!.slice(i, i + PAGE);
}

async function* matchingFilter(
  reader: Pick<ScoreReader, 'list' | 'deadLetters'>,
  filter: ReplayFilter,
  beforeMs: number,
): AsyncGenerator<string[]> {
  const { platformId, status, reason, userId, lineItemUrl, since, until } = filter;
  const untilMs = until === undefined ? beforeMs : Math.min(Date.parse(until), beforeMs);
  const query = {
    platformId,
    ...(userId !== undefined && { userId }),
    ...(lineItemUrl !== undefined && { lineItemUrl }),
    ...(since !== undefined && { sinceMs: Date.parse(since) }),
    untilMs,
    limit: PAGE,
  };
  let cursor: string | undefined;
  do {
    const at = cursor === undefined ? {} : { cursor };
    const page =
      status === 'dead'
        ? await reader.deadLetters({ ...query, ...at, ...(reason && { reason }) })
        : await reader.list({ ...query, ...at, status });
    if (page.data.length > 0) yield page.data.map(({ id }) => id);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/** How many scores a replay is about at this moment. */
export async function countMatching(
  reader: Pick<ScoreReader, 'list' | 'deadLetters' | 'many'>,
  request: ReplayRequest,
): Promise<number> {
  if (request.scoreIds) return request.scoreIds.length;
  let count = 0;
  for await (const ids of matchingScores(reader, request)) count += ids.length;
  return count;
}
