import { ToolKeyError } from '@gradewire/passback/redis';
import { z } from 'zod';
import { requireAllPlatforms } from '../auth.ts';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { invalid } from '../http/validate.ts';
import { idPath } from '../schemas/common.ts';
import { toolKeyAnswer, toolKeySchema } from '../schemas/tool-key.ts';
import { findToolKey } from '../tool-keys/view-tool-keys.ts';

const jwk = z
  .looseObject({ kty: z.literal('RSA', 'must be RSA') })
  .meta({ id: 'PrivateJwk', description: 'A private RSA key as JSON Web Key.' });

const input = z
  .union(
    [
      jwk,
      z.strictObject({ jwk }),
      z.strictObject({ pem: z.string().max(16_384).meta({ description: 'PKCS#8 or PKCS#1.' }) }),
    ],
    { error: 'must be a private RSA key: a JWK, {"jwk": ...} or {"pem": "..."}' },
  )
  .meta({ id: 'ToolKeyInput' });

export const importToolKey = defineRoute({
  method: 'put',
  path: '/v1/tool-keys/{kid}',
  tag: 'Tool keys',
  summary: 'Import a private key that platforms know already',
  description:
    'It is published at once and signs for the platforms that pin it by toolKeyId. Repeating it changes nothing.',
  role: 'admin',
  params: idPath('kid'),
  body: input,
  responses: {
    200: { description: 'It was there already.', schema: toolKeySchema },
    201: { description: 'Imported and published.', schema: toolKeySchema },
  },
  problems: ['TOOL_KEY_CONFLICT'],
  async handle({ context, principal, path: { kid }, body }) {
    requireAllPlatforms(principal);
    const key = 'pem' in body ? (body.pem as string) : 'kty' in body ? body : body.jwk;
    try {
      const { created } = await context.toolKeys.importKey(kid, key);
      if (created) context.logger.info({ event: 'tool-key-imported', kid }, 'tool key imported');
      const body = toolKeyAnswer(await findToolKey(context, kid), principal);
      return { status: created ? 201 : 200, body };
    } catch (error) {
      if (error instanceof ToolKeyError && error.code === 'KID_TAKEN') {
        throw new Problem('TOOL_KEY_CONFLICT', { detail: error.message, cause: error });
      }
      if (error instanceof ToolKeyError) {
        throw invalid([{ pointer: typeof key === 'string' ? '/pem' : '', detail: error.message }]);
      }
      throw error;
    }
  },
});
