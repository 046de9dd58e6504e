import { platformOfScore } from '@gradewire/passback/redis';
import { z } from 'zod';
import { reasonCode } from '../routes/list-dead-letters.ts';
import { platformIdSchema } from '../schemas/common.ts';

const MAX_IDS = 10_000;

const instantField = z.iso.datetime({ offset: true, error: 'takes an RFC 3339 time with a zone' });

const filterSchema = z
  .strictObject({
    platformId: platformIdSchema,
    status: z.enum(['dead', 'delivered'], 'takes dead or delivered').default('dead').meta({
      description: 'delivered: send again what was delivered, for a platform restored from a backup.',
    }),
    reason: reasonCode.optional(),
    userId: z.string().min(1).max(255).optional(),
    lineItemUrl: z.url('takes a URL').max(2048).optional(),
    since: instantField.optional().meta({ description: 'Died (delivered ones: accepted) at or after.' }),
    until: instantField.optional().meta({ description: 'At or before.' }),
  })
  .refine(({ status, reason }) => status === 'dead' || reason === undefined, {
    path: ['reason'],
    error: 'goes with dead scores only',
  });

/** The body of `POST /v1/replays`. */
export const replayInput = z
  .strictObject({
    filter: filterSchema.optional(),
    scoreIds: z
      .array(z.string().refine((id) => platformOfScore(id) !== undefined, 'is not a score id'))
      .min(1, 'must hold at least one id')
      .max(MAX_IDS, `must hold at most ${MAX_IDS} ids`)
      .optional(),
    ratePerSecond: z
      .number()
      .positive('must be greater than 0')
      .max(10_000)
      .optional()
      .meta({ description: 'Scores put back per second. Default: as fast as the store takes them.' }),
    dryRun: z.boolean().default(false).meta({ description: 'Only counts.' }),
  })
  .refine(({ filter, scoreIds }) => (filter === undefined) !== (scoreIds === undefined), {
    error: 'must give either filter or scoreIds',
  })
  .meta({ id: 'ReplayInput' });

export type ReplayFilter = z.output<typeof filterSchema>;

/** What is stored of a replay: all that a process needs to go on with another's. */
export interface ReplayRequest {
  filter?: ReplayFilter;
  scoreIds?: string[];
  ratePerSecond?: number;
  /** Only what had died by then is meant, so that what dies again is not replayed for ever. */
  beforeMs: number;
}

/** The platforms a replay is about. */
export function platformsOf({ filter, scoreIds }: Pick<ReplayRequest, 'filter' | 'scoreIds'>): string[] {
  if (filter) return [filter.platformId];
  return [...new Set((scoreIds ?? []).flatMap((id) => platformOfScore(id) ?? []))];
}
