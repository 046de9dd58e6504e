import type { LineItem } from '../../world/types.ts';
import { asNumeric, isSet, readObject } from '../body.ts';
import type { LineItemContext, ReadLineItem } from '../profile.ts';
import { Refused } from '../refusals.ts';

const KEPT = ['startDateTime', 'endDateTime', 'https://canvas.instructure.com/lti/submission_type'];

/** A line item as Canvas takes it; a PUT changes what it names. */
export function readLineItem(body: string, { world, course, item }: LineItemContext): ReadLineItem {
  const posted = readObject(body) ?? {};
  const label = isSet(posted.label) ? String(posted.label) : (item?.label ?? '');
  const scoreMaximum = isSet(posted.scoreMaximum) ? asNumeric(posted.scoreMaximum) : item?.scoreMaximum;
  if (label.trim() === '')
    throw new Refused('lineItemInvalid', { detail: 'param is missing or the value is empty: label' });
  if (scoreMaximum === undefined) {
    throw new Refused('lineItemInvalid', { detail: 'param is missing or the value is empty: scoreMaximum' });
  }
  if (scoreMaximum < 0)
    throw new Refused('scoreInvalid', { detail: 'ScoreMaximum must be greater than or equal to 0' });
  const read: ReadLineItem = {
    label,
    scoreMaximum,
    ...(isSet(posted.resourceId) ? { resourceId: String(posted.resourceId) } : {}),
    ...(isSet(posted.tag) ? { tag: String(posted.tag) } : {}),
    extras: Object.fromEntries(
      KEPT.filter((name) => isSet(posted[name])).map((name) => [name, posted[name]]),
    ),
    posted,
  };
  if (!isSet(posted.resourceLinkId) || item) return read;
  const linkId = String(posted.resourceLinkId);
  const link = course.resourceLinks.find((each) => each.id === linkId);
  if (!link) throw new Refused('resourceLinkNotFound');
  if (link.foreign) throw new Refused('resourceLinkForeign');
  const hasItem = [...world.lineItems.values()].some(
    (each) => each.resourceLinkId === linkId && !each.deleted,
  );
  if (!hasItem) throw new Refused('resourceLinkWithoutItem');
  return { ...read, resourceLinkId: linkId };
}

export function showLineItem(item: LineItem, url: string): Record<string, unknown> {
  return {
    id: url,
    scoreMaximum: item.scoreMaximum,
    label: item.label,
    ...(item.tag === '' ? {} : { tag: item.tag }),
    ...(item.resourceId === '' ? {} : { resourceId: item.resourceId }),
    ...(item.resourceLinkId === undefined ? {} : { resourceLinkId: item.resourceLinkId }),
    ...item.extras,
  };
}
