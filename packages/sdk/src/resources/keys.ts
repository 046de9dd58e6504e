import { allPages } from '../paging.ts';
import type { CallOptions, Send } from '../transport.ts';
import type { ApiKey, ApiKeyInput, CreatedApiKey } from '../types/key.ts';
import type { Page, PageQuery } from '../types/page.ts';

/** API keys (role `admin`). */
export function keysResource(send: Send) {
  const list = (query: PageQuery = {}, options: CallOptions = {}) =>
    send<Page<ApiKey>>({ method: 'GET', path: '/v1/keys', query: { ...query }, ...options });

  return {
    /** Makes a key and resolves to it. It is not shown again. */
    create: (key: ApiKeyInput, options: CallOptions = {}) =>
      send<CreatedApiKey>({ method: 'POST', path: '/v1/keys', body: key, ...options }),

    /** One page. `all` walks the pages. */
    list,

    all: (options: CallOptions = {}) => allPages((cursor) => list(cursor ? { cursor } : {}, options)),

    delete: (keyId: string, options: CallOptions = {}) =>
      send<void>({ method: 'DELETE', path: `/v1/keys/${encodeURIComponent(keyId)}`, ...options }),
  };
}
