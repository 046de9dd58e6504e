import {
  type LineItem,
  type LineItemFilter,
  lineItemOf,
  matchesFilter,
  type NewLineItem,
} from './line-item.ts';
import type { PlatformRequest, PlatformResponse, SendRequest } from './messages.ts';
import { type PagedReading, readPages } from './paging.ts';
import { type ExchangeReading, failed, isObject, isSuccess, type Reading, readJson } from './reading.ts';
import { serviceRequest } from './service-request.ts';
import { withQuery } from './urls.ts';
import { MEDIA_TYPES } from './vocabulary.ts';

interface Call {
  accessToken: string;
  send: SendRequest;
  signal?: AbortSignal;
}

/**
 * Lists the line items of a context, all pages (AGS 2.0 section 3.2.4). The filter is applied again to what
 * comes back, and a line item that comes twice is listed once. `limit` is the page size asked for.
 */
export async function listLineItems(
  options: Call & { lineItemsUrl: string; filter?: LineItemFilter; limit?: number; maxPages?: number },
): Promise<PagedReading<LineItem>> {
  const { lineItemsUrl, filter = {}, limit, accessToken, send, signal, maxPages } = options;
  const url = withQuery(lineItemsUrl, {
    resource_link_id: filter.resourceLinkId,
    resource_id: filter.resourceId,
    tag: filter.tag,
    limit,
  });
  const accept = MEDIA_TYPES.lineItemContainer;
  const first = serviceRequest({ stage: 'lineItem', method: 'GET', url, accept, accessToken, signal });
  const reading = await readPages({ first, itemsOf: lineItemsOf, send, maxPages });
  if (!reading.ok) return reading;
  const byId = new Map(reading.items.map((item) => [item.id, item]));
  return { ...reading, items: [...byId.values()].filter((item) => matchesFilter(item, filter)) };
}

/** Reads one line item. */
export async function getLineItem(
  options: Call & { lineItemUrl: string },
): Promise<ExchangeReading<LineItem>> {
  const { lineItemUrl } = options;
  return exchange(options, lineItemRequest('GET', lineItemUrl, options), (answer) =>
    readLineItem(answer, lineItemUrl),
  );
}

/**
 * Creates a line item; an `id` is not sent (Schoology refuses it). Not idempotent: after a missing or unreadable
 * answer the list must be read before another try.
 */
export async function createLineItem(
  options: Call & { lineItemsUrl: string; lineItem: NewLineItem },
): Promise<ExchangeReading<LineItem>> {
  const { lineItemsUrl, lineItem } = options;
  const request = lineItemRequest('POST', lineItemsUrl, options, withoutId(lineItem));
  return exchange(options, request, (answer) => readLineItem(answer, lineItemsUrl));
}

/**
 * Changes a line item: reads it, applies `changes` and puts the whole back, members unknown to us included,
 * since a PUT erases what it leaves out. A member that is null is left out for that (Schoology refuses nulls), as is the
 * `id` (Blackboard refuses it). A platform may rescale the grades there are when scoreMaximum changes.
 */
export async function updateLineItem(
  options: Call & { lineItemUrl: string; changes: Record<string, unknown> },
): Promise<ExchangeReading<LineItem>> {
  const { lineItemUrl, changes } = options;
  const current = await exchange(options, lineItemRequest('GET', lineItemUrl, options), readObject);
  if (!current.ok) return current;
  const changed = withoutNulls(withoutId({ ...current.value, ...changes }));
  return exchange(options, lineItemRequest('PUT', lineItemUrl, options, changed), (answer) => {
    const reading = readLineItem(answer, lineItemUrl);
    // The change is made; a platform need not repeat the line item.
    if (reading.ok || !isSuccess(answer) || answer.body.trim() !== '') return reading;
    const item = lineItemOf({ ...changed, id: lineItemUrl }, lineItemUrl);
    return item ? { ok: true, value: item } : reading;
  });
}

/** Deletes a line item, on most platforms with all its grades. A second time is answered 404. */
export async function deleteLineItem(
  options: Call & { lineItemUrl: string },
): Promise<ExchangeReading<null>> {
  return exchange(options, lineItemRequest('DELETE', options.lineItemUrl, options), (answer) =>
    isSuccess(answer) ? { ok: true, value: null } : failed(answer, `status ${answer.status}`),
  );
}

function lineItemRequest(
  method: PlatformRequest['method'],
  url: string,
  { accessToken, signal }: Call,
  value?: unknown,
): PlatformRequest {
  return serviceRequest({
    stage: 'lineItem',
    method,
    url,
    accept: MEDIA_TYPES.lineItem,
    accessToken,
    ...(value !== undefined && { content: { type: MEDIA_TYPES.lineItem, value } }),
    signal,
  });
}

async function exchange<T>(
  { send }: Call,
  request: PlatformRequest,
  read: (answer: PlatformResponse) => Reading<T>,
): Promise<ExchangeReading<T>> {
  const answer = await send(request);
  return answer.kind === 'noResponse' ? { ok: false, answer, problem: answer.detail } : read(answer);
}

function readLineItem(answer: PlatformResponse, baseUrl: string): Reading<LineItem> {
  const json = readJson(answer);
  if (!json.ok) return json;
  const item = lineItemOf(json.value, baseUrl);
  return item ? { ok: true, value: item } : failed(answer, 'the answer is not a line item');
}

function readObject(answer: PlatformResponse): Reading<Record<string, unknown>> {
  const json = readJson(answer);
  if (!json.ok) return json;
  return isObject(json.value)
    ? { ok: true, value: json.value }
    : failed(answer, 'the answer is not a line item');
}

function lineItemsOf(json: unknown, pageUrl: string): LineItem[] | undefined {
  if (!Array.isArray(json)) return undefined;
  return json.map((item) => lineItemOf(item, pageUrl)).filter((item) => item !== undefined);
}

function withoutNulls(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value != null));
}

function withoutId({ id: _, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}
