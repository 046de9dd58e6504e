import { getLineItem, type LineItem, type LineItemFilter, listLineItems, SCOPES } from '@gradewire/ags';
import { classifyLineItem, type Outcome, PROFILES } from '@gradewire/passback';
import { answered } from '../platform-reads/answered.ts';
import type { OpenPlatform } from '../platform-reads/platform-reads.ts';

const READ_SCOPES = [SCOPES.lineItemReadonly, SCOPES.lineItem];

/** The columns of a course that fit a filter, all pages. @throws Problem */
export async function readLineItems(
  open: OpenPlatform,
  lineItemsUrl: string,
  filter: LineItemFilter = {},
): Promise<{ items: LineItem[]; truncated?: boolean }> {
  const { pageSize } = PROFILES[open.platform.profile];
  const list = await open.ask({
    scopes: READ_SCOPES,
    classify: (answer, profile, now) => classifyLineItem(answer, profile, 'list', now),
    run: (call) =>
      listLineItems({ ...call, lineItemsUrl, filter, ...(pageSize !== undefined && { limit: pageSize }) }),
  });
  return answered(list);
}

/** One column. @throws Problem */
export async function readLineItem(open: OpenPlatform, lineItemUrl: string): Promise<LineItem> {
  return answered(await askForLineItem(open, lineItemUrl)).value;
}

/** One column, or what it means that it could not be read. */
export async function askForLineItem(
  open: OpenPlatform,
  lineItemUrl: string,
): Promise<{ ok: true; value: LineItem } | { ok: false; outcome: Outcome }> {
  return await open.ask({
    scopes: READ_SCOPES,
    classify: (answer, profile, now) => classifyLineItem(answer, profile, 'get', now),
    run: (call) => getLineItem({ ...call, lineItemUrl }),
  });
}
