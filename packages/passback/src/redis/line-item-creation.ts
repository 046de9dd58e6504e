import {
  createLineItem,
  type ExchangeReading,
  type LineItem,
  type NewLineItem,
  type SendRequest,
} from '@gradewire/ags';
import type { Outcome } from '../outcome.ts';
import { withoutNoise } from '../points.ts';
import { PROFILES, type ProfileName, takesExtension } from '../profiles.ts';
import type { CreateLineItem, LineItemsTarget } from '../target.ts';

/**
 * The line item to make for a target. One without a resourceId gets the resource link's id as one, so that it can be found
 * where the platform does not keep the link. Points are rounded up where they have to be whole: grades are fractions of them.
 */
export function newLineItemFor(
  target: LineItemsTarget,
  create: CreateLineItem,
  { profile, onLink }: { profile: ProfileName; onLink: boolean },
): NewLineItem {
  const { resourceLinkId, resourceId = resourceLinkId, tag } = target;
  const { extensions = {}, ...members } = create;
  const points = withoutNoise(create.scoreMaximum);
  const taken = Object.entries(extensions).filter(([url]) => takesExtension(profile, url));
  return {
    ...Object.fromEntries(taken),
    ...members,
    scoreMaximum: PROFILES[profile].wholePoints ? Math.ceil(points) : points,
    ...(resourceId !== undefined && { resourceId }),
    ...(onLink && resourceLinkId !== undefined && { resourceLinkId }),
    ...(tag !== undefined && { tag }),
  };
}

/** Whether a line item is put on the resource link at first: Blackboard knows no such member, Moodle only numbers. */
export function startsOnLink({ resourceLinkId }: LineItemsTarget, profile: ProfileName): boolean {
  if (resourceLinkId === undefined || profile === 'blackboard') return false;
  return PROFILES[profile].idForm?.test(resourceLinkId) ?? true;
}

/** Whether a platform cannot keep a line item for its points, and would answer as if it were down. */
export function tooManyPoints({ scoreMaximum }: NewLineItem, profile: ProfileName): boolean {
  return scoreMaximum >= (PROFILES[profile].pointsBelow ?? Number.POSITIVE_INFINITY);
}

/**
 * Whether a refusal may be about the resource link alone (AGS 2.0 section 3.2.9; Canvas 404, 412 and 422, Moodle 403), so that
 * the line item can be made without it.
 */
export function mayBeAboutLink(
  reading: ExchangeReading<LineItem> & { ok: false },
  outcome: Outcome,
): boolean {
  const { answer } = reading;
  if (answer.kind === 'noResponse' || outcome.kind === 'throttled' || outcome.kind === 'transient')
    return false;
  if ([403, 404, 412, 422].includes(answer.status)) return true;
  return answer.status === 400 && /resource.?link/i.test(`${answer.body} ${answer.reasonPhrase}`);
}

/** What is known of a POST that brought no line item: nothing was made, the work is over but its result untold, or nothing. */
export type Aftermath = 'nothingMade' | 'over' | 'unknown';

export function aftermathOf({ answer }: ExchangeReading<LineItem> & { ok: false }): Aftermath {
  if (answer.kind === 'noResponse') return answer.maybeSeen ? 'unknown' : 'nothingMade';
  if (answer.status >= 200 && answer.status < 300) return 'over';
  // 408 and every 5xx may come from a proxy while the platform goes on; Moodle's 502 leaves a column behind.
  return answer.status === 408 || answer.status >= 500 ? 'unknown' : 'nothingMade';
}

/** Sends the POST. It is over after `withinMs` whatever `send` waits for, so that doubt about it has an end. */
export async function postLineItem(options: {
  lineItemsUrl: string;
  lineItem: NewLineItem;
  accessToken: string;
  send: SendRequest;
  withinMs: number;
}): Promise<ExchangeReading<LineItem>> {
  const { withinMs, ...call } = options;
  return await createLineItem({ ...call, signal: AbortSignal.timeout(withinMs) });
}
