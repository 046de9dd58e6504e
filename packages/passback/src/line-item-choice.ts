import { type LineItem, normalizeLineItemUrl } from '@gradewire/ags';

/** What tells one line item of a course from the others. */
export interface LineItemKey {
  resourceLinkId?: string;
  resourceId?: string;
  tag?: string;
  /** The only one on the resource link is not it unless resourceId and tag fit. */
  exact?: boolean;
}

/** What a look-up came to. `warning` is for the score's reader: the choice was not the only one. */
export type LineItemChoice =
  | { kind: 'one'; item: LineItem; warning?: string }
  | { kind: 'none' }
  | { kind: 'ambiguous'; items: LineItem[] };

/**
 * The line item meant by a target, among those of its course (platforms may ignore the filters of the list).
 * One column on the resource link is it, whatever its resourceId; several are narrowed by resourceId and tag. Where
 * none is on the link, one that is on no link counts by its resourceId: some platforms (Blackboard) put none on links,
 * and a column made without a resourceId has the link's id as one. Still several: the one used before.
 * @param usedBefore the URL that this target went to last
 */
export function chooseLineItem(
  items: readonly LineItem[],
  target: LineItemKey,
  usedBefore?: string,
): LineItemChoice {
  const found = matching(distinct(items), target);
  const [only] = found;
  if (!only) return { kind: 'none' };
  if (found.length === 1) return { kind: 'one', item: only };
  const before = usedBefore === undefined ? undefined : normalizeLineItemUrl(usedBefore);
  const item = found.find(({ id }) => normalizeLineItemUrl(id) === before);
  if (!item) return { kind: 'ambiguous', items: found };
  return { kind: 'one', item, warning: `${found.length} columns fit; the one used before was taken` };
}

function matching(items: LineItem[], { resourceLinkId, resourceId, tag, exact }: LineItemKey): LineItem[] {
  if (resourceLinkId === undefined) return narrowed(items, { resourceId, tag });
  const onLink = items.filter((item) => item.resourceLinkId === resourceLinkId);
  if (onLink.length === 1 && !exact) return onLink;
  const fitting = narrowed(onLink, { resourceId, tag });
  if (fitting.length > 0 || (onLink.length > 1 && !exact)) return fitting;
  const onNoLink = items.filter((item) => !item.resourceLinkId);
  return narrowed(onNoLink, { resourceId: resourceId ?? resourceLinkId, tag });
}

function narrowed(
  items: LineItem[],
  by: { resourceId: string | undefined; tag: string | undefined },
): LineItem[] {
  return items.filter(
    (item) =>
      (by.resourceId === undefined || item.resourceId === by.resourceId) &&
      (by.tag === undefined || item.tag === by.tag),
  );
}

function distinct(items: readonly LineItem[]): LineItem[] {
  return [...new Map(items.map((item) => [normalizeLineItemUrl(item.id), item])).values()];
}
