import { z } from 'zod';
import { requireAllPlatforms, requirePlatform } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import { requireRegistered } from '../platform-ids.ts';
import { platformIdSchema } from '../schemas/common.ts';
import { toolKeyAnswer, toolKeySchema } from '../schemas/tool-key.ts';
import { findToolKey } from '../tool-keys/view-tool-keys.ts';

const input = z
  .strictObject({
    platformId: platformIdSchema.optional().meta({
      description:
        'The only platform it is to sign for, by a key of its own from then on. Default: all others.',
    }),
    signsFrom: z.iso.datetime({ offset: true, error: 'takes an RFC 3339 time with a zone' }).optional().meta({
      description:
        'When it is to begin. Default: once every platform has had time to learn it, a day and the max-age of the key set. Earlier, a platform that keeps an old copy refuses it until it reads the key set again; scores wait meanwhile.',
      example: '2027-01-31T12:00:00Z',
    }),
  })
  .meta({ id: 'ToolKeyRotation' });

export const rotateToolKey = defineRoute({
  method: 'post',
  path: '/v1/tool-keys/rotate',
  tag: 'Tool keys',
  summary: 'Publish a new key to sign with',
  description:
    'It signs from signsFrom on, when platforms have had time to learn it. The one before it is served for 14 days after; pins stay.',
  role: 'admin',
  body: input,
  bodyOptional: true,
  responses: { 201: { description: 'Published.', schema: toolKeySchema } },
  problems: ['UNKNOWN_PLATFORM'],
  async handle({ context, principal, body: { platformId, signsFrom } }) {
    if (platformId === undefined) requireAllPlatforms(principal);
    else {
      requirePlatform(principal, platformId);
      await requireRegistered(context, [platformId], '/platformId');
    }
    const { kid, signsFromMs } = await context.toolKeys.rotate({
      ...(platformId !== undefined && { platformId }),
      // A time that is over means now: a key that began before others would never get to sign.
      ...(signsFrom !== undefined && { signsFromMs: Math.max(Date.parse(signsFrom), context.now()) }),
    });
    context.logger.info({ event: 'tool-key-rotated', kid, platformId, signsFromMs }, 'tool key published');
    return { status: 201, body: toolKeyAnswer(await findToolKey(context, kid), principal) };
  },
});
