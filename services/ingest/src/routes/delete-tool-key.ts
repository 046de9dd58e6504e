import { z } from 'zod';
import { requireAllPlatforms } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import { idPath } from '../schemas/common.ts';
import { toolKeyAnswer, toolKeySchema } from '../schemas/tool-key.ts';
import { removeToolKey } from '../tool-keys/remove-tool-key.ts';

export const deleteToolKey = defineRoute({
  method: 'delete',
  path: '/v1/tool-keys/{kid}',
  tag: 'Tool keys',
  summary: 'Remove a key at once, such as one that others know',
  description:
    'It is gone from the key set, signs nothing any more, and its private part is deleted. One that signs is removed only when it is replaced.',
  role: 'admin',
  params: idPath('kid'),
  query: z.strictObject({
    replace: z.enum(['true', 'false'], 'takes true or false').default('false').meta({
      description:
        'Has another key sign at once in its place: the next, if one is published already, else a new one. Platforms that pinned it pin that one.',
    }),
  }),
  responses: {
    200: { description: 'Removed, and this one signs in its place.', schema: toolKeySchema },
    204: { description: 'Removed.' },
  },
  problems: ['TOOL_KEY_IN_USE'],
  async handle({ context, principal, path: { kid }, query }) {
    requireAllPlatforms(principal);
    const replacement = await removeToolKey(context, kid, query.replace === 'true');
    return replacement ? { status: 200, body: toolKeyAnswer(replacement, principal) } : { status: 204 };
  },
});
