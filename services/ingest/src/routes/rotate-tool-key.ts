import { requireAllPlatforms } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import { toolKeyAnswer, toolKeySchema } from '../schemas/tool-key.ts';

export const rotateToolKey = defineRoute({
  method: 'post',
  path: '/v1/tool-keys/rotate',
  tag: 'Tool keys',
  summary: 'Publish a new key to sign with',
  description:
    'It signs from signsFrom on, when platforms have had time to learn it. Older keys stay published, pins stay.',
  role: 'admin',
  responses: { 201: { description: 'Published.', schema: toolKeySchema } },
  async handle({ context, principal }) {
    requireAllPlatforms(principal);
    return { status: 201, body: toolKeyAnswer(await context.toolKeys.rotate()) };
  },
});
