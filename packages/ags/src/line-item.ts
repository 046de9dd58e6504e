import { isObject } from './reading.ts';

/**
 * A line item (AGS 2.0 section 3.2). Members a platform adds are kept, so that an update does not lose them.
 * Moodle writes `""` for a resourceId or tag that is not set.
 */
export interface LineItem extends NewLineItem {
  /** Absolute URL; what scores are sent to. */
  id: string;
}

/** A line item to be made: the platform gives the id. */
export interface NewLineItem {
  label: string;
  /** 0 when the platform names none. */
  scoreMaximum: number;
  resourceId?: string;
  resourceLinkId?: string;
  tag?: string;
  startDateTime?: string;
  endDateTime?: string;
  [member: string]: unknown;
}

export interface LineItemFilter {
  resourceLinkId?: string;
  resourceId?: string;
  tag?: string;
}

/**
 * Reads one line item as leniently as can be used: ids that came as numbers become strings, a relative `id` is
 * taken to be relative to `baseUrl`. Undefined without a usable `id`.
 */
export function lineItemOf(value: unknown, baseUrl: string): LineItem | undefined {
  if (!isObject(value) || typeof value.id !== 'string') return undefined;
  const id = URL.parse(value.id, baseUrl);
  if (value.id === '' || !id || !/^https?:$/.test(id.protocol)) return undefined;
  const item: LineItem = {
    ...value,
    id: URL.canParse(value.id) ? value.id : id.href,
    label: typeof value.label === 'string' ? value.label : '',
    scoreMaximum: Number.isFinite(Number(value.scoreMaximum)) ? Number(value.scoreMaximum) : 0,
  };
  for (const name of ['resourceId', 'resourceLinkId', 'tag'] as const) {
    if (value[name] === null) delete item[name];
    else if (typeof value[name] === 'number') item[name] = `${value[name]}`;
  }
  return item;
}

/**
 * Whether a line item is one that was asked for: not every platform knows every filter. A line item that says
 * nothing of its resource link may belong to it; resourceId and tag are our own and always come back.
 */
export function matchesFilter(item: LineItem, filter: LineItemFilter): boolean {
  return (
    (!filter.resourceLinkId || !item.resourceLinkId || item.resourceLinkId === filter.resourceLinkId) &&
    (filter.resourceId === undefined || (item.resourceId ?? '') === filter.resourceId) &&
    (filter.tag === undefined || (item.tag ?? '') === filter.tag)
  );
}
