import { defineRoute } from '../http/route.ts';
import { PLATFORM_PROBLEMS } from '../platform-reads/answered.ts';
import { findLineItem } from '../platform-reads/find-place.ts';
import { reachPlatform } from '../platform-reads/reach-platform.ts';
import {
  type ReconciliationRequest,
  reconciliationInput,
} from '../reconciliations/reconciliation-request.ts';
import { reconciliationSchema, reconciliationView } from '../reconciliations/reconciliation-view.ts';

export const createReconciliation = defineRoute({
  method: 'post',
  path: '/v1/reconciliations',
  tag: 'Reconciliation',
  summary: 'Compare what was delivered with what the gradebook shows',
  description:
    'In the background, of one column or of every column that was delivered to, by reading whole lists of results. Scores whose landing is in doubt are settled by it.',
  role: 'operate',
  body: reconciliationInput,
  responses: { 202: { description: 'Under way.', schema: reconciliationSchema } },
  problems: [...PLATFORM_PROBLEMS, 'UNKNOWN_LAUNCH'],
  async handle({ context, principal, body: { platformId, repair, ...place } }) {
    const open = await reachPlatform(context, principal, platformId, '/');
    const isWhole = place.lineItemUrl === undefined && place.launchId === undefined;
    const lineItemUrl = isWhole ? undefined : await findLineItem(context, open, place, '/');
    const request: ReconciliationRequest = { repair, ...(lineItemUrl !== undefined && { lineItemUrl }) };
    const reconciliation = await context.reconciliations.create(platformId, request);
    return {
      status: 202,
      headers: { Location: `/v1/reconciliations/${reconciliation.id}` },
      body: await reconciliationView(reconciliation, context.reconciliations, open.platform.profile),
    };
  },
});
