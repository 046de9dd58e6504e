import { z } from 'zod';
import type { Principal } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import { keySchema } from '../schemas/api-key.ts';

/** A key for some platforms sees the keys that are for no others. */
export function maySeeKey(principal: Principal, key: { platformIds?: readonly string[] }): boolean {
  const mine = principal.platformIds;
  return mine === undefined || (key.platformIds?.every((id) => mine.includes(id)) ?? false);
}

export const listKeys = defineRoute({
  method: 'get',
  path: '/v1/keys',
  tag: 'Keys',
  summary: 'List API keys',
  role: 'admin',
  responses: {
    200: { description: 'All keys, without their secrets.', schema: z.object({ data: z.array(keySchema) }) },
  },
  async handle({ context, principal }) {
    const keys = await context.apiKeys.list();
    return { status: 200, body: { data: keys.filter((key) => maySeeKey(principal, key)) } };
  },
});
