import { parseCursor } from '@gradewire/passback/redis';
import { z } from 'zod';
import { mayUse } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import { pageOf, pageQuery } from '../schemas/common.ts';
import { toolKeyAnswer, toolKeySchema } from '../schemas/tool-key.ts';
import { viewToolKeys } from '../tool-keys/view-tool-keys.ts';

export const listToolKeys = defineRoute({
  method: 'get',
  path: '/v1/tool-keys',
  tag: 'Tool keys',
  summary: 'List the keys that sign for this tool',
  description:
    'Newest first, public halves only. Keys of platforms that the API key is not for are left out.',
  role: 'admin',
  query: z.strictObject(pageQuery),
  responses: { 200: { description: 'A page of keys.', schema: pageOf(toolKeySchema) } },
  async handle({ context, principal, query: { cursor, limit } }) {
    const after = cursor === undefined ? undefined : parseCursor(cursor);
    const keys = (await viewToolKeys(context)).filter(
      ({ platformId, createdAtMs, kid }) =>
        (platformId === undefined || mayUse(principal, platformId)) &&
        (!after || createdAtMs < after.atMs || (createdAtMs === after.atMs && kid > after.id)),
    );
    const page = keys.slice(0, limit);
    const last = keys.length > limit ? page.at(-1) : undefined;
    return {
      status: 200,
      body: {
        data: page.map((key) => toolKeyAnswer(key, principal)),
        ...(last && { nextCursor: Buffer.from(`${last.createdAtMs} ${last.kid}`).toString('base64url') }),
      },
    };
  },
});
