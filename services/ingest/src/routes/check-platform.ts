import { FINDINGS, type FindingCode, type Platform } from '@gradewire/passback';
import { SealBrokenError, ToolKeyError } from '@gradewire/passback/redis';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { defineRoute } from '../http/route.ts';
import { type CheckOptions, checkPlatform as runChecks } from '../platform-check/check-platform.ts';
import { STEP_NAMES } from '../platform-check/check-step.ts';
import { withinBudget } from '../platform-reads/within-budget.ts';
import { platformPath } from '../schemas/common.ts';
import { findPlatform } from './get-platform.ts';

const serviceUrl = () => z.url({ protocol: /^https?$/, error: 'takes a URL' }).max(2048);

const checkInput = z
  .strictObject({
    lineItemsUrl: serviceUrl().optional().meta({
      description: 'The line items of any course with the tool; without it they are not tried.',
    }),
    lineItemUrl: serviceUrl().optional().meta({
      description: 'A line item, to see whether it is there and open to the tool.',
    }),
  })
  .meta({ id: 'PlatformCheckInput' });

const findingCodes = Object.keys(FINDINGS) as [FindingCode, ...FindingCode[]];

const checkAnswer = z
  .object({
    ok: z.boolean(),
    steps: z.array(
      z.object({
        name: z.enum(STEP_NAMES),
        ok: z.boolean(),
        reason: z.enum(findingCodes).optional().meta({
          description: 'What it comes down to. Beside `ok` a warning: it works, but not all that could.',
        }),
        detail: z.string().meta({ description: 'What was found.' }),
        hint: z.string().optional().meta({ description: 'What to do about it.' }),
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
    'Asks the platform for a token, reads the columns of a course if one is named, and says step by step what works and what to do about the rest. It touches no grade.',
  role: 'admin',
  params: platformPath,
  body: checkInput,
  bodyOptional: true,
  responses: { 200: { description: 'What was found, whether good or bad.', schema: checkAnswer } },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, path, body: { lineItemsUrl, lineItemUrl } }) {
    const platform = await findPlatform(context, principal, path.platformId);
    const { allowPrivateNetworks, requestTimeoutMs } = context.config;
    const steps = await runChecks({
      platform,
      key: await signingKey(context, platform),
      keySetUrl: `${context.publicUrl}/.well-known/jwks.json`,
      allowPrivateNetworks,
      send: withinBudget(context.http.send, {
        budget: context.budget,
        platform,
        leaseMs: 2 * requestTimeoutMs,
      }),
      now: context.now,
      ...(lineItemsUrl !== undefined && { lineItemsUrl }),
      ...(lineItemUrl !== undefined && { lineItemUrl }),
    });
    return { status: 200, body: { ok: steps.every((step) => step.ok), steps } };
  },
});

async function signingKey({ toolKeys }: Context, platform: Platform): Promise<CheckOptions['key']> {
  try {
    await toolKeys.ensure();
    return await toolKeys.signingKey(platform);
  } catch (error) {
    if (error instanceof SealBrokenError) return 'KEY_NOT_OPENED';
    if (error instanceof ToolKeyError && error.code === 'UNKNOWN_KEY') return 'KEY_NOT_STORED';
    throw error;
  }
}
