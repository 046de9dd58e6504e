import { isSet, readObject } from '../body.ts';
import { readLineItem as readByTheSpecification } from '../generic/line-items.ts';
import type { LineItemContext, ReadLineItem } from '../profile.ts';
import { Refused } from '../refusals.ts';

/** A line item as Open edX takes it: with a `resourceId` or a `resourceLinkId`, which must be a usage key. */
export function readLineItem(body: string, context: LineItemContext): ReadLineItem {
  const { resourceId, resourceLinkId } = readObject(body) ?? {};
  if (!isSet(resourceId) && !isSet(resourceLinkId)) {
    throw new Refused('lineItemInvalid', { detail: 'resourceId: This field is required.' });
  }
  if (isSet(resourceLinkId) && !/^block-v1:[^+]+\+[^+]+\+[^+]+\+type@/.test(String(resourceLinkId))) {
    throw new Refused('lineItemInvalid', { detail: `resourceLinkId: Invalid usage key: ${resourceLinkId}` });
  }
  return readByTheSpecification(body, context);
}
