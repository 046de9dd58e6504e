import { listResults, type Result, SCOPES } from '@gradewire/ags';
import { classifyResults, type Outcome, PROFILES } from '@gradewire/passback';
import type { OpenPlatform } from '../platform-reads/platform-reads.ts';

/** The grades that a column shows, all pages; with a user, that user's only. Comments come along wherever there are any. */
export async function readResults(
  open: OpenPlatform,
  lineItemUrl: string,
  userId?: string,
): Promise<{ ok: true; items: Result[]; truncated?: boolean } | { ok: false; outcome: Outcome }> {
  const { results, pageSize } = PROFILES[open.platform.profile];
  return await open.ask({
    scopes: [SCOPES.resultReadonly],
    classify: classifyResults,
    run: (call) =>
      listResults({
        ...call,
        lineItemUrl,
        limit: pageSize,
        access: results.filtersComments ? { ...results, ofUser: 'whole' } : results,
        ...(userId !== undefined && { userId }),
      }),
  });
}
