import { allPages } from '../paging.ts';
import type { CallOptions, Send } from '../transport.ts';
import type { Page, PageQuery } from '../types/page.ts';
import type { Platform, PlatformCheck, PlatformCheckInput, PlatformInput } from '../types/platform.ts';

const path = (platformId: string) => `/v1/platforms/${encodeURIComponent(platformId)}`;

/** Registered platforms (role `admin`; reading and checking with less). */
export function platformsResource(send: Send) {
  const list = (query: PageQuery = {}, options: CallOptions = {}) =>
    send<Page<Platform>>({ method: 'GET', path: '/v1/platforms', query: { ...query }, ...options });

  return {
    /** Registers a platform, or replaces its registration. */
    put: (platformId: string, platform: PlatformInput, options: CallOptions = {}) =>
      send<Platform>({ method: 'PUT', path: path(platformId), body: platform, ...options }),

    get: (platformId: string, options: CallOptions = {}) =>
      send<Platform>({ method: 'GET', path: path(platformId), ...options }),

    /** One page. `all` walks the pages. */
    list,

    all: (options: CallOptions = {}) => allPages((cursor) => list(cursor ? { cursor } : {}, options)),

    /** Removes the registration; refused (409) while scores are undelivered. */
    delete: (platformId: string, options: CallOptions = {}) =>
      send<void>({ method: 'DELETE', path: path(platformId), ...options }),

    /**
     * Asks the platform, step by step: reachable, token, scopes, clock, and the line items of a course or one of them when
     * named. A failed step is an answer, not an error.
     */
    check: (
      platformId: string,
      { lineItemsUrl, lineItemUrl, ...options }: CallOptions & PlatformCheckInput = {},
    ) =>
      send<PlatformCheck>({
        method: 'POST',
        path: `${path(platformId)}/check`,
        repeatable: true,
        ...((lineItemsUrl ?? lineItemUrl) ? { body: { lineItemsUrl, lineItemUrl } } : {}),
        ...options,
      }),
  };
}
