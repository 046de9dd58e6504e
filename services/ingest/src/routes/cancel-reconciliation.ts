import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { reconciliationSchema, reconciliationView } from '../reconciliations/reconciliation-view.ts';
import { idPath } from '../schemas/common.ts';
import { findReconciliation } from './get-reconciliation.ts';

export const cancelReconciliation = defineRoute({
  method: 'delete',
  path: '/v1/reconciliations/{reconciliationId}',
  tag: 'Reconciliation',
  summary: 'Cancel a reconciliation',
  description:
    'Nothing more is read after two seconds at most. What was found stays, what was sent again is delivered.',
  role: 'operate',
  params: idPath('reconciliationId'),
  responses: { 200: { description: 'Cancelled.', schema: reconciliationSchema } },
  problems: ['NOT_FOUND', 'RECONCILIATION_FINISHED'],
  async handle({ context, principal, path: { reconciliationId } }) {
    await findReconciliation(context, principal, reconciliationId);
    const result = await context.reconciliations.cancel(reconciliationId);
    const reconciliation = await findReconciliation(context, principal, reconciliationId);
    if (result === 'settled' && reconciliation.status !== 'cancelled')
      throw new Problem('RECONCILIATION_FINISHED');
    const platform = await context.platforms.cached(reconciliation.platformId);
    const body = await reconciliationView(reconciliation, context.reconciliations, platform?.profile);
    return { status: 200, body };
  },
});
