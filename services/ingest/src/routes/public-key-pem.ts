import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';

export const publicKeyPem = defineRoute({
  method: 'get',
  path: '/.well-known/public-key.pem',
  tag: 'Tool keys',
  summary: 'The public key that signs now, to paste where a platform takes no key set',
  role: 'open',
  responses: { 200: { description: 'SPKI in PEM.', contentType: 'text/plain' } },
  async handle({ context }) {
    await context.toolKeys.ensure();
    const { kid } = await context.toolKeys.signingKey();
    const key = (await context.toolKeys.list()).find((candidate) => candidate.kid === kid);
    if (!key) throw new Problem('NOT_FOUND');
    return {
      status: 200,
      headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'public, max-age=300' },
      body: key.publicPem,
    };
  },
});
