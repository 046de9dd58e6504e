import { z } from 'zod';
import { defineRoute } from '../http/route.ts';
import { visiblePlatformIds } from '../platform-ids.ts';
import { instant } from '../schemas/common.ts';
import { reasonCode } from './list-dead-letters.ts';

export const deadLetterSummary = defineRoute({
  method: 'get',
  path: '/v1/dead-letters/summary',
  tag: 'Dead letters',
  summary: 'Count dead letters by platform and reason',
  role: 'operate',
  responses: {
    200: {
      description: 'One row per platform and reason.',
      schema: z.object({
        data: z.array(
          z.object({
            platformId: z.string(),
            reason: reasonCode,
            count: z.int(),
            oldestAt: instant,
            hint: z.string(),
          }),
        ),
      }),
    },
  },
  async handle({ context, principal }) {
    const rows = await context.reader.deadSummary(await visiblePlatformIds(context, principal));
    const data = rows.map(({ oldestAtMs, ...row }) => ({
      ...row,
      oldestAt: new Date(oldestAtMs).toISOString(),
    }));
    return { status: 200, body: { data } };
  },
});
