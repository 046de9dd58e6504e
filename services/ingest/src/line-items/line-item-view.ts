import type { LineItem } from '@gradewire/ags';
import type { KnownColumn, KnownColumns } from '@gradewire/passback/redis';
import type { LineItemView } from '../schemas/line-item.ts';

/** Gradebook columns of a platform as the API shows them, in the order given. */
export async function lineItemViews(
  { columns }: { columns: Pick<KnownColumns, 'many'> },
  platformId: string,
  items: readonly LineItem[],
): Promise<LineItemView[]> {
  const known = await columns.many(
    platformId,
    items.map(({ id }) => id),
  );
  return items.map((item, index) => lineItemView(item, known[index]!));
}

/** What the platform shows and what is remembered; a text that is empty counts as none. */
export function lineItemView(item: LineItem, known: KnownColumn): LineItemView {
  const { id, label, scoreMaximum, resourceId, resourceLinkId, tag, ...rest } = item;
  const { startDateTime, endDateTime, gradesReleased, ...vendorMembers } = rest;
  const { created, delivered, replacedBy } = known;
  const drift = {
    ...(known.label !== undefined && known.label !== label && { label: known.label }),
    ...(known.scoreMaximum !== undefined &&
      known.scoreMaximum !== scoreMaximum && { scoreMaximum: known.scoreMaximum }),
  };
  return {
    lineItemUrl: id,
    label,
    scoreMaximum,
    ...(resourceId && { resourceId }),
    ...(resourceLinkId && { resourceLinkId }),
    ...(tag && { tag }),
    ...(startDateTime && { startDateTime }),
    ...(endDateTime && { endDateTime }),
    ...(typeof gradesReleased === 'boolean' && { gradesReleased }),
    ...(Object.keys(vendorMembers).length > 0 && { vendorMembers }),
    created,
    delivered,
    ...(replacedBy !== undefined && { replacedBy }),
    ...(Object.keys(drift).length > 0 && { drift }),
  };
}
