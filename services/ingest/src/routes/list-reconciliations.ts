import { z } from 'zod';
import { requirePlatform } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import {
  reconciliationSummary,
  reconciliationSummarySchema,
} from '../reconciliations/reconciliation-view.ts';
import { pageOf, pageQuery, platformIdSchema } from '../schemas/common.ts';
import { given } from '../schemas/given.ts';

export const listReconciliations = defineRoute({
  method: 'get',
  path: '/v1/reconciliations',
  tag: 'Reconciliation',
  summary: 'List reconciliations of a platform, newest first',
  description: 'Those that the schedule began among them; each by itself has what it found.',
  role: 'operate',
  query: z.strictObject({ platformId: platformIdSchema, ...pageQuery }),
  responses: {
    200: { description: 'A page of reconciliations.', schema: pageOf(reconciliationSummarySchema) },
  },
  async handle({ context, principal, query: { platformId, ...page } }) {
    requirePlatform(principal, platformId);
    const { data, ...next } = await context.reconciliations.list(platformId, given(page));
    return { status: 200, body: { data: data.map(reconciliationSummary), ...next } };
  },
});
