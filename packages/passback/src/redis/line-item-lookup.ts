import {
  type LineItem,
  listLineItems,
  normalizeLineItemUrl,
  type PagedReading,
  type SendRequest,
} from '@gradewire/ags';
import type { LookUpTarget } from '../launch-place.ts';
import { chooseLineItem, type LineItemChoice } from '../line-item-choice.ts';

/** What a look-up came to. `incomplete`: the list goes on beyond what was read. */
export type LookUp =
  | { ok: true; choice: LineItemChoice; incomplete: boolean }
  | (PagedReading<LineItem> & { ok: false });

/**
 * Looks for a target's line item: among those on its resource link, then by its resourceId, since some platforms put none on
 * links, or do not say so.
 */
export async function lookUpLineItem(options: {
  target: LookUpTarget;
  usedBefore?: string | undefined;
  accessToken: string;
  send: SendRequest;
}): Promise<LookUp> {
  const { target, usedBefore, ...call } = options;
  const { lineItemsUrl, resourceLinkId, resourceId } = target;
  const found: LineItem[] = [];
  let incomplete = false;
  for (const filter of [
    ...(resourceLinkId === undefined ? [] : [{ resourceLinkId }]),
    { resourceId: resourceId ?? resourceLinkId! },
  ]) {
    const reading = await listLineItems({ ...call, lineItemsUrl, filter });
    if (!reading.ok) return reading;
    incomplete ||= reading.truncated === true;
    found.push(...reading.items);
    const choice = chooseLineItem(found, target, usedBefore);
    if (choice.kind !== 'none') return { ok: true, choice, incomplete };
  }
  return { ok: true, choice: { kind: 'none' }, incomplete };
}

/** One spelling of a list's URL, so that all who mean it meet. */
export function listName(lineItemsUrl: string): string {
  return normalizeLineItemUrl(lineItemsUrl);
}
