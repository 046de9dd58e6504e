import { allPages } from '../paging.ts';
import { type CallOptions, PLATFORM_READ_MS, type Send } from '../transport.ts';
import type { Page, PageQuery } from '../types/page.ts';
import type { Reconciliation, ReconciliationInput, ReconciliationSummary } from '../types/reconciliation.ts';

const path = (reconciliationId: string) => `/v1/reconciliations/${encodeURIComponent(reconciliationId)}`;

/** Comparing what was delivered with what gradebooks show (role `operate`). */
export function reconciliationsResource(send: Send) {
  const list = (query: { platformId: string } & PageQuery, options: CallOptions = {}) =>
    send<Page<ReconciliationSummary>>({
      method: 'GET',
      path: '/v1/reconciliations',
      query: { ...query },
      ...options,
    });

  return {
    start: (reconciliation: ReconciliationInput, options: CallOptions = {}) =>
      send<Reconciliation>({
        method: 'POST',
        path: '/v1/reconciliations',
        body: reconciliation,
        timeoutMs: PLATFORM_READ_MS,
        ...options,
      }),

    get: (reconciliationId: string, options: CallOptions = {}) =>
      send<Reconciliation>({ method: 'GET', path: path(reconciliationId), ...options }),

    /** One page, the newest first. `all` walks the pages. */
    list,

    all: (query: { platformId: string }, options: CallOptions = {}) =>
      allPages((cursor) => list(cursor ? { ...query, cursor } : query, options)),

    /** Nothing more is read after two seconds at most; what was sent again is delivered. */
    cancel: (reconciliationId: string, options: CallOptions = {}) =>
      send<Reconciliation>({ method: 'DELETE', path: path(reconciliationId), ...options }),
  };
}
