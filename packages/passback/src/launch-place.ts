import { normalizeLineItemUrl } from '@gradewire/ags';
import type { Launch } from './launch.ts';
import type { ReasonCode } from './reasons.ts';
import type { LaunchTarget, LineItemsTarget } from './target.ts';

/** A line item to be looked up. `exact`: the only one on the resource link is not it unless resourceId and tag fit. */
export type LookUpTarget = LineItemsTarget & { exact?: boolean };

/** Where a launch's scores go: known, to be looked up, or why that cannot be told. */
export type LaunchPlace =
  | { kind: 'lineItem'; lineItemUrl: string }
  | { kind: 'lookUp'; target: LookUpTarget }
  | { kind: 'nowhere'; reason: ReasonCode; detail: string };

/**
 * Where a score that names a launch goes, by what is known of it now: to the launch's line item, unless resourceId or tag
 * asks for another one or `gone` says that it was not there a moment ago; else to what is found on its link or by them.
 */
export function placeOf(launch: Launch | undefined, target: LaunchTarget, gone?: string): LaunchPlace {
  if (!launch) return nowhere('LINE_ITEM_NOT_FOUND', 'the launch is not known, or not any more');
  const { lineItemUrl, lineItemsUrl, resourceLinkId } = launch;
  const { resourceId, tag, create } = target;
  const isPlain = resourceId === undefined && tag === undefined;
  const isGone = lineItemUrl !== undefined && gone !== undefined && isSame(lineItemUrl, gone);
  // Where nothing can be looked up, even a line item that was gone is the best that is known.
  if (isPlain && lineItemUrl !== undefined && !(isGone && lineItemsUrl !== undefined)) {
    return { kind: 'lineItem', lineItemUrl };
  }
  if (lineItemUrl === undefined && lineItemsUrl === undefined) {
    return nowhere(
      'NO_GRADE_SERVICE',
      'the launch named neither a line item nor the line items of its course',
    );
  }
  if (lineItemsUrl === undefined) {
    return nowhere(
      'LINE_ITEM_NOT_FOUND',
      'the launch named no line items, so that no other can be looked up',
    );
  }
  if (resourceLinkId === undefined && resourceId === undefined) {
    return nowhere(
      'LINE_ITEM_NOT_FOUND',
      'the launch was of a course, not of a link, and no resourceId is given',
    );
  }
  return {
    kind: 'lookUp',
    target: {
      lineItemsUrl,
      ...(resourceLinkId !== undefined && { resourceLinkId }),
      ...(resourceId !== undefined && { resourceId }),
      ...(tag !== undefined && { tag }),
      ...(create && { create }),
      ...(!isPlain && { exact: true }),
    },
  };
}

/**
 * Whether a launch tells by now of another place than the one its scores were found to go to: another line item, or a
 * platform that moved. A line item is the same under two host names of its platform (Canvas), as long as both are registered.
 */
export function hasMoved(
  launch: Launch | undefined,
  target: LaunchTarget,
  lineItemUrl: string,
  { serviceOrigins }: { serviceOrigins: readonly string[] },
): boolean {
  if (!launch) return false;
  const isHere = serviceOrigins.includes(new URL(lineItemUrl).origin);
  const isPlain = target.resourceId === undefined && target.tag === undefined;
  if (!isPlain || launch.lineItemUrl === undefined) return !isHere && launch.lineItemsUrl !== undefined;
  return isHere
    ? !isSame(pathOf(launch.lineItemUrl), pathOf(lineItemUrl))
    : !isSame(launch.lineItemUrl, lineItemUrl);
}

function isSame(a: string, b: string): boolean {
  return normalizeLineItemUrl(a) === normalizeLineItemUrl(b);
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return `https://any.invalid${pathname}${search}`;
}

function nowhere(reason: ReasonCode, detail: string): LaunchPlace {
  return { kind: 'nowhere', reason, detail };
}
