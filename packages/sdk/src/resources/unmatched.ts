import { allPages } from '../paging.ts';
import type { CallOptions, Send } from '../transport.ts';
import type { Page, PageQuery } from '../types/page.ts';
import type { UnmatchedGrade } from '../types/webhook-source.ts';

const path = (sourceId: string) => `/v1/webhook-sources/${encodeURIComponent(sourceId)}/unmatched`;

/** What senders told and could not become a score yet (role `operate`). */
export function unmatchedResource(send: Send) {
  const list = (sourceId: string, query: PageQuery = {}, options: CallOptions = {}) =>
    send<Page<UnmatchedGrade>>({ method: 'GET', path: path(sourceId), query: { ...query }, ...options });

  return {
    /** One page. `all` walks the pages. */
    list,

    all: (sourceId: string, options: CallOptions = {}) =>
      allPages((cursor) => list(sourceId, cursor ? { cursor } : {}, options)),

    /** Reads deliveries again, all that are unmatched when none is named; resolves to how many. What was accepted stays so. */
    replay: async (
      sourceId: string,
      { deliveryIds, ...options }: CallOptions & { deliveryIds?: string[] } = {},
    ) => {
      const request = { method: 'POST', path: `${path(sourceId)}/replay`, repeatable: true } as const;
      const body = deliveryIds ? { deliveryIds } : {};
      return (await send<{ replayed: number }>({ ...request, body, ...options })).replayed;
    },

    /** Gives one up. `note` says why, for whoever asks later. */
    discard: (sourceId: string, unmatchedId: string, note: string, options: CallOptions = {}) =>
      send<void>({
        method: 'POST',
        path: `${path(sourceId)}/${encodeURIComponent(unmatchedId)}/discard`,
        body: { note },
        ...options,
      }),
  };
}
