import { allPages } from '../paging.ts';
import type { CallOptions, Send } from '../transport.ts';
import type { IdentitiesStored, Identity, IdentityInput, IdentityRow } from '../types/identity.ts';
import type { Page, PageQuery } from '../types/page.ts';

const path = '/v1/identities';

/** Who senders' students are on each platform (role `operate`). */
export function identitiesResource(send: Send) {
  const list = (query: { platformId: string } & PageQuery, options: CallOptions = {}) =>
    send<Page<IdentityRow>>({ method: 'GET', path, query: { ...query }, ...options });

  return {
    /** Adds up to 1,000 identities, or replaces what they stand for. Grades that lacked them are tried again. */
    put: (platformId: string, identities: IdentityInput[], options: CallOptions = {}) =>
      send<IdentitiesStored>({ method: 'PUT', path, body: { platformId, identities }, ...options }),

    /** One page. `all` walks the pages. */
    list,

    all: (query: { platformId: string }, options: CallOptions = {}) =>
      allPages((cursor) => list(cursor ? { ...query, cursor } : query, options)),

    delete: (platformId: string, identity: Identity, options: CallOptions = {}) =>
      send<void>({ method: 'DELETE', path, query: { platformId, ...identity }, ...options }),
  };
}
