import type { LineItem } from '../../world/types.ts';
import { isSet, readObject } from '../body.ts';
import type { LineItemContext, ReadLineItem } from '../profile.ts';
import { Refused } from '../refusals.ts';

const OWN = new Set(['id', 'label', 'scoreMaximum', 'resourceId', 'tag', 'resourceLinkId']);

/** A line item by AGS 2.0 3.2: label not blank, scoreMaximum a number above 0, a resourceLinkId of this context. */
export function readLineItem(body: string, { course, item }: LineItemContext): ReadLineItem {
  const posted = readObject(body);
  const invalid = (detail: string): never => {
    throw new Refused('lineItemInvalid', { detail });
  };
  if (!posted) return invalid('The body is not a JSON object');
  const { label, scoreMaximum, resourceLinkId } = posted;
  if (typeof label !== 'string' || label.trim() === '') return invalid('label must not be blank');
  if (typeof scoreMaximum !== 'number' || !(scoreMaximum > 0)) return invalid('scoreMaximum must be above 0');
  for (const name of ['resourceId', 'tag', 'resourceLinkId']) {
    if (isSet(posted[name]) && typeof posted[name] !== 'string') return invalid(`${name} must be a string`);
  }
  if (item && isSet(resourceLinkId) && resourceLinkId !== item.resourceLinkId) {
    return invalid('resourceLinkId cannot be changed');
  }
  if (typeof resourceLinkId === 'string') {
    const link = course.resourceLinks.find((each) => each.id === resourceLinkId);
    if (!link || link.foreign) throw new Refused('resourceLinkNotFound');
  }
  return {
    label,
    scoreMaximum,
    ...(typeof posted.resourceId === 'string' ? { resourceId: posted.resourceId } : {}),
    ...(typeof posted.tag === 'string' ? { tag: posted.tag } : {}),
    ...(typeof resourceLinkId === 'string' ? { resourceLinkId } : {}),
    extras: Object.fromEntries(Object.entries(posted).filter(([name]) => !OWN.has(name))),
    posted,
  };
}

export function showLineItem(item: LineItem, url: string): Record<string, unknown> {
  return {
    id: url,
    label: item.label,
    scoreMaximum: item.scoreMaximum,
    ...(item.resourceId === '' ? {} : { resourceId: item.resourceId }),
    ...(item.tag === '' ? {} : { tag: item.tag }),
    ...(item.resourceLinkId === undefined ? {} : { resourceLinkId: item.resourceLinkId }),
    ...item.extras,
  };
}
