import { z } from 'zod';
import { requireAllPlatforms } from '../auth.ts';
import { encryptionStatus, resealAll } from '../encryption-key/encryption-status.ts';
import { defineRoute } from '../http/route.ts';
import { allPlatformIds } from '../platform-ids.ts';
import { encryptionStatusSchema } from '../schemas/encryption-key.ts';

const answer = encryptionStatusSchema.extend({
  resealed: z.int().meta({ description: 'How many secrets were sealed anew by this call.' }),
});

export const resealSecrets = defineRoute({
  method: 'post',
  path: '/v1/encryption-key/reseal',
  tag: 'Encryption key',
  summary: 'Seal everything with the current encryption key',
  description:
    'To be called once every process runs with the new key and the previous one beside it; it may be repeated. Afterwards previousKey.mayBeRemoved says whether the previous key can go.',
  role: 'admin',
  responses: { 200: { description: 'Done.', schema: answer } },
  async handle({ context, principal }) {
    requireAllPlatforms(principal);
    const resealed = await resealAll(context.sealed);
    // A process that had only one of the keys may have found nobody for what the other had hashed.
    for (const platformId of await allPlatformIds(context))
      await context.webhookDeliveries.retry({ platformId });
    const status = await encryptionStatus(context.sealed);
    context.logger.info({ event: 'resealed', resealed, keyName: status.keyName }, 'secrets sealed anew');
    return { status: 200, body: { ...status, resealed } };
  },
});
