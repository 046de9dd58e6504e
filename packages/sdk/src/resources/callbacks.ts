import { allPages } from '../paging.ts';
import type { CallOptions, Send } from '../transport.ts';
import type { Callback, CallbackDelivery, CallbackInput } from '../types/callback.ts';
import type { Page, PageQuery } from '../types/page.ts';

type DeliveryQuery = { status?: CallbackDelivery['status'] };
/** `since` is RFC 3339 with a zone. */
type ResendQuery = { since: string; status?: 'delivered' | 'failed' };

const path = (callbackId: string) => `/v1/callbacks/${encodeURIComponent(callbackId)}`;

/** Where what becomes of scores is told (role `admin`). */
export function callbacksResource(send: Send) {
  const list = (query: PageQuery = {}, options: CallOptions = {}) =>
    send<Page<Callback>>({ method: 'GET', path: '/v1/callbacks', query: { ...query }, ...options });

  const deliveries = (callbackId: string, query: DeliveryQuery & PageQuery = {}, options: CallOptions = {}) =>
    send<Page<CallbackDelivery>>({
      method: 'GET',
      path: `${path(callbackId)}/deliveries`,
      query: { ...query },
      ...options,
    });

  const resend = async (path: string, body: object | undefined, options: CallOptions) => {
    const request = { method: 'POST', path, ...(body && { body }), repeatable: true, ...options } as const;
    return (await send<{ resent: number }>(request)).resent;
  };

  return {
    /** Registers a callback, or replaces it; one that is disabled is enabled again. */
    put: (callbackId: string, callback: CallbackInput, options: CallOptions = {}) =>
      send<Callback>({ method: 'PUT', path: path(callbackId), body: callback, ...options }),

    get: (callbackId: string, options: CallOptions = {}) =>
      send<Callback>({ method: 'GET', path: path(callbackId), ...options }),

    /** One page. `all` walks the pages. */
    list,

    all: (options: CallOptions = {}) => allPages((cursor) => list(cursor ? { cursor } : {}, options)),

    delete: (callbackId: string, options: CallOptions = {}) =>
      send<void>({ method: 'DELETE', path: path(callbackId), ...options }),

    /** One page of what was sent and is to be sent, newest first. `allDeliveries` walks the pages. */
    deliveries,

    allDeliveries: (callbackId: string, query: DeliveryQuery = {}, options: CallOptions = {}) =>
      allPages((cursor) => deliveries(callbackId, cursor ? { ...query, cursor } : query, options)),

    /** Sends again everything since a time, or only what was given up, under the same ids; resolves to how many. */
    resend: (callbackId: string, query: ResendQuery, options: CallOptions = {}) =>
      resend(`${path(callbackId)}/resend`, query, options),

    /** Sends one message again, under the same id. */
    resendDelivery: (callbackId: string, deliveryId: string, options: CallOptions = {}) =>
      resend(`${path(callbackId)}/deliveries/${encodeURIComponent(deliveryId)}/resend`, undefined, options),
  };
}
