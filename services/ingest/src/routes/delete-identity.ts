import { identitySchema } from '@gradewire/passback';
import { requirePlatform } from '../auth.ts';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { validate } from '../http/validate.ts';
import { given } from '../schemas/given.ts';
import { identityQuery } from '../schemas/identity.ts';

export const deleteIdentity = defineRoute({
  method: 'delete',
  path: '/v1/identities',
  tag: 'Webhooks',
  summary: "Forget who a sender's student is",
  description:
    'Names the row by one of `github`, `email`, `sourcedId`, `name` and `senderId`. Scores that were sent stay.',
  role: 'operate',
  query: identityQuery,
  responses: { 204: { description: 'Forgotten.' } },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, query: { platformId, ...named } }) {
    requirePlatform(principal, platformId);
    const identity = validate(identitySchema, given(named), 'query');
    if (!(await context.identities.delete(platformId, identity))) throw new Problem('NOT_FOUND');
    // A row can stand in the way of a roster that knows better.
    await context.webhookDeliveries.retry({ platformId });
    return { status: 204 };
  },
});
