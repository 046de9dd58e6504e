import { allPages } from '../paging.ts';
import { type CallOptions, PLATFORM_READ_MS, type Send } from '../transport.ts';
import type { Page, PageQuery } from '../types/page.ts';
import type {
  WebhookDelivery,
  WebhookSample,
  WebhookSource,
  WebhookSourceInput,
  WebhookTest,
} from '../types/webhook-source.ts';

const path = (sourceId: string) => `/v1/webhook-sources/${encodeURIComponent(sourceId)}`;

/** Senders of grades by webhook (role `admin`; testing, and looking at a delivery, with `operate`). */
export function webhookSourcesResource(send: Send) {
  const list = (query: PageQuery = {}, options: CallOptions = {}) =>
    send<Page<WebhookSource>>({
      method: 'GET',
      path: '/v1/webhook-sources',
      query: { ...query },
      ...options,
    });

  return {
    /** Registers a source, or replaces it; what is unmatched is tried again then. */
    put: (sourceId: string, source: WebhookSourceInput, options: CallOptions = {}) =>
      send<WebhookSource>({ method: 'PUT', path: path(sourceId), body: source, ...options }),

    get: (sourceId: string, options: CallOptions = {}) =>
      send<WebhookSource>({ method: 'GET', path: path(sourceId), ...options }),

    /** One page. `all` walks the pages. */
    list,

    all: (options: CallOptions = {}) => allPages((cursor) => list(cursor ? { cursor } : {}, options)),

    /** Refused (409) while grades of it are unmatched or to be read, unless `force` is given. */
    delete: (sourceId: string, { force, ...options }: CallOptions & { force?: boolean } = {}) =>
      send<void>({ method: 'DELETE', path: path(sourceId), ...(force && { query: { force } }), ...options }),

    /** Says what a sample would become. Sends and keeps nothing. */
    test: (
      sourceId: string,
      { body, contentType = 'application/json', event }: WebhookSample,
      options: CallOptions = {},
    ) =>
      send<WebhookTest>({
        method: 'POST',
        path: `${path(sourceId)}/test`,
        rawBody: body,
        headers: { 'content-type': contentType, ...(event === undefined ? {} : { 'x-github-event': event }) },
        repeatable: true,
        timeoutMs: PLATFORM_READ_MS,
        ...options,
      }),

    /** What became of one webhook, by the `deliveryId` that its sender was answered. */
    delivery: (sourceId: string, deliveryId: string, options: CallOptions = {}) =>
      send<WebhookDelivery>({
        method: 'GET',
        path: `${path(sourceId)}/deliveries/${encodeURIComponent(deliveryId)}`,
        ...options,
      }),
  };
}
