import { z } from 'zod';
import { defineRoute } from '../http/route.ts';
import { readiness } from '../redis-health/readiness.ts';

const readinessSchema = z
  .object({
    status: z.enum(['ready', 'not ready']),
    redis: z.enum(['up', 'away']),
    durability: z.enum(['always', 'everysec', 'no', 'none', 'unknown']).meta({
      description:
        'How an accepted score is kept: fsync always, every second or by the system; none: in memory only.',
    }),
    reasons: z.array(z.string()).meta({ description: 'Why it is not ready.' }),
  })
  .meta({ id: 'Readiness' });

export const readyz = defineRoute({
  method: 'get',
  path: '/readyz',
  tag: 'Health',
  summary: 'Whether scores are accepted, and how durably',
  role: 'open',
  responses: {
    200: { description: 'Ready.', schema: readinessSchema },
    503: { description: 'Not ready.', schema: readinessSchema },
  },
  async handle({ context }) {
    const body = await readiness(context);
    return { status: body.status === 'ready' ? 200 : 503, body };
  },
});
