import { requireAllPlatforms } from '../auth.ts';
import { encryptionStatus } from '../encryption-key/encryption-status.ts';
import { defineRoute } from '../http/route.ts';
import { encryptionStatusSchema } from '../schemas/encryption-key.ts';

export const getEncryptionKey = defineRoute({
  method: 'get',
  path: '/v1/encryption-key',
  tag: 'Encryption key',
  summary: 'What is sealed with which encryption key',
  description:
    'Counts what lasts. Access tokens are left out: they live a day at most, and one that does not open is fetched anew.',
  role: 'admin',
  responses: { 200: { description: 'The keys of this process.', schema: encryptionStatusSchema } },
  async handle({ context, principal }) {
    requireAllPlatforms(principal);
    return { status: 200, body: await encryptionStatus(context.sealed) };
  },
});
