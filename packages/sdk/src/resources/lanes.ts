import { allPages } from '../paging.ts';
import type { CallOptions, Send } from '../transport.ts';
import type { Lane } from '../types/lane.ts';
import type { Page, PageQuery } from '../types/page.ts';

const path = (platformId: string) => `/v1/lanes/${encodeURIComponent(platformId)}`;

/** Delivery to each platform (role `operate`). */
export function lanesResource(send: Send) {
  const list = (query: PageQuery = {}, options: CallOptions = {}) =>
    send<Page<Lane>>({ method: 'GET', path: '/v1/lanes', query: { ...query }, ...options });

  return {
    /** One page. `all` walks the pages. */
    list,

    all: (options: CallOptions = {}) => allPages((cursor) => list(cursor ? { cursor } : {}, options)),

    get: (platformId: string, options: CallOptions = {}) =>
      send<Lane>({ method: 'GET', path: path(platformId), ...options }),

    /** Nothing more is sent to the platform until it is resumed; scores are still accepted. */
    pause: (platformId: string, options: CallOptions = {}) =>
      send<Lane>({ method: 'POST', path: `${path(platformId)}/pause`, repeatable: true, ...options }),

    resume: (platformId: string, options: CallOptions = {}) =>
      send<Lane>({ method: 'POST', path: `${path(platformId)}/resume`, repeatable: true, ...options }),
  };
}
