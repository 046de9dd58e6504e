import { z } from 'zod';
import { defineRoute } from '../http/route.ts';

export const healthz = defineRoute({
  method: 'get',
  path: '/healthz',
  tag: 'Health',
  summary: 'Whether the process is alive',
  role: 'open',
  responses: { 200: { description: 'Alive.', schema: z.object({ status: z.literal('ok') }) } },
  async handle() {
    return { status: 200, body: { status: 'ok' } };
  },
});
