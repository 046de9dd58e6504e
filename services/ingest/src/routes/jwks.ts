import { defineRoute } from '../http/route.ts';
import { jwksSchema } from '../schemas/tool-key.ts';

export const jwks = defineRoute({
  method: 'get',
  path: '/.well-known/jwks.json',
  tag: 'Tool keys',
  summary: 'The public keys that platforms verify this tool by',
  role: 'open',
  responses: { 200: { description: 'A JSON Web Key Set.', schema: jwksSchema } },
  async handle({ context }) {
    await context.toolKeys.ensure();
    return {
      status: 200,
      headers: { 'Cache-Control': 'public, max-age=300' },
      body: await context.toolKeys.publicJwks(),
    };
  },
});
