import type { Reconciliation } from '@gradewire/passback/redis';
import { mayUse, type Principal } from '../auth.ts';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { reconciliationSchema, reconciliationView } from '../reconciliations/reconciliation-view.ts';
import { idPath } from '../schemas/common.ts';

/** A reconciliation of another platform is as good as none. @throws Problem `NOT_FOUND` */
export async function findReconciliation(
  { reconciliations }: Pick<Context, 'reconciliations'>,
  principal: Principal,
  id: string,
): Promise<Reconciliation> {
  const reconciliation = await reconciliations.get(id);
  if (!reconciliation || !mayUse(principal, reconciliation.platformId)) throw new Problem('NOT_FOUND');
  return reconciliation;
}

export const getReconciliation = defineRoute({
  method: 'get',
  path: '/v1/reconciliations/{reconciliationId}',
  tag: 'Reconciliation',
  summary: 'What a reconciliation found',
  role: 'operate',
  params: idPath('reconciliationId'),
  responses: { 200: { description: 'What it found so far.', schema: reconciliationSchema } },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, path }) {
    const reconciliation = await findReconciliation(context, principal, path.reconciliationId);
    const platform = await context.platforms.cached(reconciliation.platformId);
    const body = await reconciliationView(reconciliation, context.reconciliations, platform?.profile);
    return { status: 200, body };
  },
});
