import { defineRoute } from '../http/route.ts';
import { jwksSchema } from '../schemas/tool-key.ts';
import { publishedReply } from '../tool-keys/published.ts';

export const jwks = defineRoute({
  method: 'get',
  path: '/.well-known/jwks.json',
  tag: 'Tool keys',
  summary: 'The public keys that platforms verify this tool by',
  role: 'open',
  responses: {
    200: { description: 'A JSON Web Key Set.', schema: jwksSchema },
    304: { description: 'It is still what the ETag in If-None-Match stands for.' },
  },
  async handle({ context, headers }) {
    await context.toolKeys.ensure();
    return publishedReply(JSON.stringify(await context.toolKeys.publicJwks()), 'application/json', headers);
  },
});
