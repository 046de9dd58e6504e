import { deleteLineItem as deleteOnPlatform, SCOPES } from '@gradewire/ags';
import { classifyLineItem, type Outcome } from '@gradewire/passback';
import { z } from 'zod';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { holdingsOf, wordsFor } from '../line-items/holdings.ts';
import { askForLineItem } from '../line-items/read-line-items.ts';
import { PLATFORM_PROBLEMS, platformProblem } from '../platform-reads/answered.ts';
import type { OpenPlatform } from '../platform-reads/platform-reads.ts';
import { reachPlatform } from '../platform-reads/reach-platform.ts';
import { requireOrigins } from '../platform-reads/require-origin.ts';
import { platformIdSchema } from '../schemas/common.ts';
import { lineItemUrl } from '../schemas/place.ts';

const query = z.strictObject({
  platformId: platformIdSchema,
  lineItemUrl,
  force: z
    .enum(['true', 'false'], 'takes true or false')
    .default('false')
    .transform((text) => text === 'true')
    .meta({ description: 'Delete it although it holds grades, or although that cannot be seen.' }),
});

export const deleteLineItem = defineRoute({
  method: 'delete',
  path: '/v1/line-items',
  tag: 'Gradebook',
  summary: 'Delete a gradebook column',
  description:
    'Most platforms destroy its grades with it. Without force it is deleted only when it shows no grades, none were delivered to it and no scores wait for it. Scores that wait make the column anew if they were sent with `create`, and are dead letters otherwise.',
  role: 'operate',
  query,
  responses: { 204: { description: 'Deleted.' } },
  problems: [...PLATFORM_PROBLEMS, 'LINE_ITEM_IN_USE'],
  async handle({ context, principal, query: { platformId, lineItemUrl, force } }) {
    const open = await reachPlatform(context, principal, platformId, '?');
    requireOrigins(open.platform, { '?lineItemUrl': lineItemUrl });
    if (!force) {
      const detail = wordsFor(await holdingsOf(context, open, lineItemUrl));
      if (detail !== undefined) throw new Problem('LINE_ITEM_IN_USE', { detail });
    }
    const outcome = await deleteColumn(open, lineItemUrl);
    // Whoever deleted it: what stood for it is looked up anew.
    const isGone = outcome === undefined || outcome.kind === 'reresolve';
    if (isGone) await context.columns.drop(platformId, lineItemUrl);
    if (outcome) throw platformProblem(outcome);
    context.logger.info({ event: 'line-item-deleted', platformId, force }, 'gradebook column deleted');
    return { status: 204 };
  },
});

/** What stood in the way, if anything. Not every platform tells a column that is gone, and an answer can be lost. */
async function deleteColumn(open: OpenPlatform, lineItemUrl: string): Promise<Outcome | undefined> {
  const deleted = await open.ask({
    scopes: [SCOPES.lineItem],
    classify: (answer, profile, now) => classifyLineItem(answer, profile, 'delete', now),
    run: (call) => deleteOnPlatform({ ...call, lineItemUrl }),
  });
  if (deleted.ok) return undefined;
  const { outcome } = deleted;
  if (outcome.kind !== 'transient' && outcome.kind !== 'dead') return outcome;
  const left = await askForLineItem(open, lineItemUrl);
  if (left.ok || left.outcome.kind !== 'reresolve') return outcome;
  return outcome.kind === 'transient' ? undefined : left.outcome;
}
