import { allPages } from '../paging.ts';
import type { CallOptions, Send } from '../transport.ts';
import type { DeadLetter, DeadLetterQuery, DeadLetterSummary } from '../types/dead-letter.ts';
import type { Page, PageQuery } from '../types/page.ts';

const path = (scoreId: string) => `/v1/dead-letters/${encodeURIComponent(scoreId)}`;

/** Scores that platforms refused (role `operate`). */
export function deadLettersResource(send: Send) {
  const list = (query: DeadLetterQuery & PageQuery, options: CallOptions = {}) =>
    send<Page<DeadLetter>>({ method: 'GET', path: '/v1/dead-letters', query: { ...query }, ...options });

  return {
    /** One page. `all` walks the pages. */
    list,

    all: (query: DeadLetterQuery, options: CallOptions = {}) =>
      allPages((cursor) => list(cursor ? { ...query, cursor } : query, options)),

    /** How many there are, by platform and reason. */
    summary: async (options: CallOptions = {}) => {
      const path = '/v1/dead-letters/summary';
      const { data } = await send<{ data: DeadLetterSummary[] }>({ method: 'GET', path, ...options });
      return data;
    },

    /** Starts the attempts afresh. What is posted is the newest score of that student and column. */
    replay: (scoreId: string, options: CallOptions = {}) =>
      send<void>({ method: 'POST', path: `${path(scoreId)}/replay`, repeatable: true, ...options }),

    /** Gives the score up. `note` says why, for whoever asks later. */
    discard: (scoreId: string, note: string, options: CallOptions = {}) =>
      send<void>({ method: 'POST', path: `${path(scoreId)}/discard`, body: { note }, ...options }),
  };
}
