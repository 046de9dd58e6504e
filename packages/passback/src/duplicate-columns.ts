import type { LineItem } from '@gradewire/ags';

/** Columns that one look-up cannot tell apart, with what they share. */
export interface DuplicateColumns {
  by: 'resourceId' | 'resourceLinkId';
  resourceId?: string;
  /** Absent: none of them has one. */
  tag?: string;
  resourceLinkId?: string;
  lineItems: LineItem[];
}

/**
 * The columns of a course that stand for the same work: with one resourceId and tag, or on one resource link. Several on a
 * link that each name another resourceId or tag are meant to be several, and no duplicates.
 */
export function findDuplicates(items: readonly LineItem[]): DuplicateColumns[] {
  const byResource = groups(items, ({ resourceId, tag }) =>
    resourceId ? JSON.stringify([resourceId, tag ?? '']) : undefined,
  );
  const byLink = groups(items, ({ resourceLinkId }) => resourceLinkId || undefined).filter(
    (group) =>
      group.some(({ resourceId }) => !resourceId) && !byResource.some((other) => isSame(group, other)),
  );
  return [
    ...byResource.map((lineItems): DuplicateColumns => {
      const { resourceId, tag } = lineItems[0]!;
      return { by: 'resourceId', resourceId: resourceId!, ...(tag && { tag }), lineItems };
    }),
    ...byLink.map((lineItems): DuplicateColumns => {
      const { resourceLinkId } = lineItems[0]!;
      return { by: 'resourceLinkId', resourceLinkId: resourceLinkId!, lineItems };
    }),
  ];
}

function groups(items: readonly LineItem[], keyOf: (item: LineItem) => string | undefined): LineItem[][] {
  const keyed = items.filter((item) => keyOf(item) !== undefined);
  return [...Map.groupBy(keyed, keyOf).values()].filter((group) => group.length > 1);
}

function isSame(group: readonly LineItem[], other: readonly LineItem[]): boolean {
  return group.length === other.length && group.every((item) => other.includes(item));
}
