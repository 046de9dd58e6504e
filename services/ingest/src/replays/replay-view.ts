import type { Replay, ReplayStore, ScoreReader } from '@gradewire/passback/redis';
import { z } from 'zod';
import { instant } from '../schemas/common.ts';
import { countByStatus, readStatuses } from '../scores/statuses.ts';

export const replaySchema = z
  .object({
    id: z.string(),
    status: z.enum(['running', 'done', 'cancelled']).meta({
      description: 'done: all are on their way again; delivered and failed go on counting.',
    }),
    matched: z.int(),
    replayed: z.int().meta({ description: 'Put back so far.' }),
    delivered: z.int(),
    failed: z.int().meta({ description: 'Dead again.' }),
    createdAt: instant,
  })
  .meta({ id: 'Replay' });

/** A replay as the API shows it; what became of its scores is read from their records. */
export async function replayView(
  replay: Replay,
  { replays, reader }: { replays: Pick<ReplayStore, 'scoreIds'>; reader: Pick<ScoreReader, 'many'> },
): Promise<z.input<typeof replaySchema>> {
  const { id, status, matched, replayed, createdAtMs } = replay;
  const scoreIds = replayed === 0 ? [] : await replays.scoreIds(id);
  const { counts } = countByStatus(await readStatuses(reader, scoreIds));
  return {
    id,
    status,
    matched,
    replayed,
    delivered: counts.delivered,
    failed: counts.dead,
    createdAt: new Date(createdAtMs).toISOString(),
  };
}
