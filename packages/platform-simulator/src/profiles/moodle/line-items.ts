import type { LineItem } from '../../world/types.ts';
import { asNumeric, isSet, readObject } from '../body.ts';
import type { LineItemContext, ReadLineItem } from '../profile.ts';
import { Refused } from '../refusals.ts';

/** `grade_items.grademax` is numeric(10,5). */
const MAXIMUM_LIMIT = 100_000;

/** A line item as Moodle 4.5.6 takes it: hardly checked, but for what the database refuses. */
export function readLineItem(body: string, { course, item }: LineItemContext): ReadLineItem {
  const posted = readObject(body);
  const maximum = asNumeric(posted?.scoreMaximum);
  if (!posted || !isSet(posted.label) || maximum === undefined) {
    throw new Refused('lineItemInvalid', { detail: 'No label or Score Maximum' });
  }
  const read: ReadLineItem = {
    label: String(posted.label),
    scoreMaximum: maximum,
    resourceId: textOf(posted.resourceId),
    tag: textOf(posted.tag),
    extras: {},
    posted,
  };
  const link = posted.resourceLinkId ?? posted.ltiLinkId;
  if (isSet(link)) {
    const linkId = String(link);
    if (!/^\d{1,18}$/.test(linkId)) throw new Refused('badPath');
    const known = course.resourceLinks.find((each) => each.id === linkId);
    if (!known || known.foreign) throw new Refused('resourceLinkForeign');
    read.resourceLinkId = linkId;
  }
  if (read.label.length > 255 || maximum >= MAXIMUM_LIMIT) throw new Refused('badPath');
  // The column is made before the service's own row, which the database refuses: the column stays.
  const tooLong = textOf(posted.resourceId).length > 512 || textOf(posted.tag).length > 255;
  if (tooLong && item) throw new Refused('lineItemTooLarge');
  return tooLong ? { ...read, orphan: true } : read;
}

export function showLineItem(item: LineItem, url: string): Record<string, unknown> {
  return {
    id: url,
    label: item.label,
    scoreMaximum: item.scoreMaximum,
    resourceId: item.resourceId,
    tag: item.tag,
    ...(item.resourceLinkId === undefined
      ? {}
      : { resourceLinkId: item.resourceLinkId, ltiLinkId: item.resourceLinkId }),
  };
}

function textOf(value: unknown): string {
  return isSet(value) ? String(value) : '';
}
