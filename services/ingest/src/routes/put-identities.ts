import { identityRowOf } from '@gradewire/passback';
import { z } from 'zod';
import { requirePlatform } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import { requireRegistered } from '../platform-ids.ts';
import { identitiesInput } from '../schemas/identity.ts';

const answer = z.object({
  platformId: z.string(),
  stored: z.int().meta({ description: 'How many rows were put.' }),
  replayed: z.int().meta({ description: 'How many unmatched webhook deliveries are tried again for it.' }),
});

export const putIdentities = defineRoute({
  method: 'put',
  path: '/v1/identities',
  tag: 'Webhooks',
  summary: "Say who senders' students are",
  description:
    'Rows are added, or replace those of the same identity; others stay. All are stored or none. Grades that waited for one of them are delivered at once.',
  role: 'operate',
  body: identitiesInput,
  responses: { 200: { description: 'Stored.', schema: answer } },
  problems: ['UNKNOWN_PLATFORM', 'NOT_DURABLE', 'NOT_REPLICATED'],
  async handle({ context, principal, body: { platformId, identities } }) {
    requirePlatform(principal, platformId);
    await requireRegistered(context, [platformId], '/platformId');
    await context.durability.requireDurable();
    await context.identities.put(platformId, identities.map(identityRowOf));
    await context.replicas.confirm();
    const replayed = await context.webhookDeliveries.retry({ platformId });
    context.logger.info(
      { event: 'identities', platformId, stored: identities.length, replayed },
      'identities stored',
    );
    return { status: 200, body: { platformId, stored: identities.length, replayed } };
  },
});
