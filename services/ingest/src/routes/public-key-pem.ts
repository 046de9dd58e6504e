import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { publishedReply } from '../tool-keys/published.ts';

export const publicKeyPem = defineRoute({
  method: 'get',
  path: '/.well-known/public-key.pem',
  tag: 'Tool keys',
  summary: 'The public key that signs now, to paste where a platform takes no key set',
  role: 'open',
  responses: {
    200: { description: 'SPKI in PEM.', contentType: 'text/plain' },
    304: { description: 'It is still what the ETag in If-None-Match stands for.' },
  },
  async handle({ context, headers }) {
    await context.toolKeys.ensure();
    const { kid } = await context.toolKeys.signingKey();
    const key = (await context.toolKeys.list()).find((candidate) => candidate.kid === kid);
    if (!key) throw new Problem('NOT_FOUND');
    return publishedReply(key.publicPem, 'text/plain', headers);
  },
});
