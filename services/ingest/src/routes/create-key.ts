import { z } from 'zod';
import { requireWithin } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import { keyInput } from '../schemas/api-key.ts';

export const createKey = defineRoute({
  method: 'post',
  path: '/v1/keys',
  tag: 'Keys',
  summary: 'Create an API key',
  description: 'The key is shown this once; only its hash is kept.',
  role: 'admin',
  body: keyInput,
  responses: {
    201: {
      description: 'Created.',
      schema: z.object({ id: z.string(), key: z.string().meta({ example: 'gw_...' }) }),
    },
  },
  async handle({ context, principal, body }) {
    // Nobody hands out more than they have.
    requireWithin(principal, body.platformIds);
    const { platformIds, ...rest } = body;
    const { id, key } = await context.apiKeys.create({ ...rest, ...(platformIds && { platformIds }) });
    return { status: 201, headers: { 'Cache-Control': 'no-store' }, body: { id, key } };
  },
});
