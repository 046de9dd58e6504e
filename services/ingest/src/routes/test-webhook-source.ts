import { UNMATCHED } from '@gradewire/passback';
import { z } from 'zod';
import { defineRoute } from '../http/route.ts';
import { planDelivery } from '../intake/plan-delivery.ts';
import { bytesSchema } from '../schemas/bytes.ts';
import { sourcePath, unmatchedPart } from '../schemas/webhook-source.ts';
import { findSource } from '../webhooks/source-view.ts';

const answer = z.object({
  scores: z.array(
    z.object({
      index: z.int().meta({ description: 'Where it stands in the sample, from 0.' }),
      score: z.unknown().meta({ override: { $ref: '#/components/schemas/ScoreInput' } }),
    }),
  ),
  unmatched: z.array(unmatchedPart),
  ignored: z.string().optional().meta({ description: 'Why it would be no matter of grades.' }),
});

export const testWebhookSource = defineRoute({
  method: 'post',
  path: '/v1/webhook-sources/{sourceId}/test',
  tag: 'Webhooks',
  summary: 'Try what would become of a webhook',
  description:
    'The body is a sample, exactly as the sender would send it, of any media type, unsigned; the header X-GitHub-Event counts. It is read, mapped and matched as if it had arrived now. Nothing is sent or kept.',
  role: 'operate',
  params: sourcePath,
  body: bytesSchema,
  takesBytes: true,
  responses: {
    200: {
      description: 'The scores that would be accepted, and what is in the way of the rest.',
      schema: answer,
    },
  },
  async handle({ context, principal, path: { sourceId }, body, headers }) {
    const source = await findSource(context, principal, sourceId);
    const { 'content-type': contentType, 'x-github-event': event } = headers;
    const { platformId } = source;
    const sample = {
      body,
      ...(contentType !== undefined && { contentType }),
      ...(typeof event === 'string' && { event }),
      receivedAtMs: context.now(),
    };
    // Not with the mapper that webhooks wait for.
    const parts = { ...context, mapper: context.slowMapper };
    const plan = await context.trialPlaces.within(platformId, () => planDelivery(parts, source, sample));
    return {
      status: 200,
      body: {
        scores: plan.ready.map(({ index, score }) => ({ index, score: { platformId, ...score } })),
        unmatched: plan.unmatched.map(({ fingerprint: _, ...part }) => ({
          ...part,
          hint: part.hint ?? UNMATCHED[part.reason].hint,
        })),
        ...(plan.ignored !== undefined && { ignored: plan.ignored }),
      },
    };
  },
});
