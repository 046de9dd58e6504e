import { checkTargetOrigins } from '@gradewire/passback';
import { z } from 'zod';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { checkPlatform as runChecks } from '../platform-check/check-platform.ts';
import { withinBudget } from '../platform-check/within-budget.ts';
import { platformPath } from '../schemas/common.ts';
import { findPlatform } from './get-platform.ts';

const checkInput = z
  .strictObject({
    lineItemsUrl: z.url('takes a URL').max(2048).optional().meta({
      description: 'The line items of any course with the tool; without it they are not tried.',
    }),
  })
  .meta({ id: 'PlatformCheckInput' });

const checkAnswer = z
  .object({
    ok: z.boolean(),
    steps: z.array(
      z.object({
        name: z.enum(['reachable', 'token', 'scopes', 'clock', 'lineItems']),
        ok: z.boolean(),
        detail: z.string(),
        hint: z.string().optional(),
        ms: z.number(),
      }),
    ),
  })
  .meta({ id: 'PlatformCheck' });

export const checkPlatform = defineRoute({
  method: 'post',
  path: '/v1/platforms/{platformId}/check',
  tag: 'Platforms',
  summary: 'Try whether the registration works',
  description:
    'Asks the platform for a token and says, step by step, what works and what to do about the rest.',
  role: 'admin',
  params: platformPath,
  body: checkInput,
  bodyOptional: true,
  responses: { 200: { description: 'What was found, whether good or bad.', schema: checkAnswer } },
  problems: ['NOT_FOUND', 'ORIGIN_NOT_ALLOWED'],
  async handle({ context, principal, path, body: { lineItemsUrl } }) {
    const platform = await findPlatform(context, principal, path.platformId);
    if (lineItemsUrl !== undefined) {
      const foreign = checkTargetOrigins({ lineItemsUrl, resourceId: '' }, platform);
      if (foreign.length > 0) {
        throw new Problem('ORIGIN_NOT_ALLOWED', {
          errors: foreign.map(({ detail }) => ({ pointer: '/lineItemsUrl', detail })),
        });
      }
    }
    await context.toolKeys.ensure();
    const steps = await runChecks({
      platform,
      key: await context.toolKeys.signingKey(platform.toolKeyId),
      send: withinBudget(context.http.send, {
        budget: context.budget,
        platform,
        leaseMs: 2 * context.config.requestTimeoutMs,
      }),
      now: context.now,
      ...(lineItemsUrl !== undefined && { lineItemsUrl }),
    });
    return { status: 200, body: { ok: steps.every((step) => step.ok), steps } };
  },
});
