import { allPages } from '../paging.ts';
import type { CallOptions, Send } from '../transport.ts';
import type { Page, PageQuery } from '../types/page.ts';
import type { ToolKey, ToolKeyImport, ToolKeyRotation } from '../types/tool-key.ts';

/** The keys that client assertions are signed with (role `admin`). */
export function toolKeysResource(send: Send) {
  const list = (query: PageQuery = {}, options: CallOptions = {}) =>
    send<Page<ToolKey>>({ method: 'GET', path: '/v1/tool-keys', query: { ...query }, ...options });
  const pathOf = (kid: string) => `/v1/tool-keys/${encodeURIComponent(kid)}`;

  return {
    /** One page, newest first. `all` walks the pages. */
    list,

    all: (options: CallOptions = {}) => allPages((cursor) => list(cursor ? { cursor } : {}, options)),

    /** Publishes a new key and signs with it once platforms can have seen it. The old one is served for 14 days after. */
    rotate: (rotation: ToolKeyRotation = {}, options: CallOptions = {}) =>
      send<ToolKey>({ method: 'POST', path: '/v1/tool-keys/rotate', body: rotation, ...options }),

    /** Takes over a private key that platforms already know, such as one of a tool that is being replaced. */
    import: (kid: string, key: ToolKeyImport, options: CallOptions = {}) =>
      send<ToolKey>({ method: 'PUT', path: pathOf(kid), body: key, ...options }),

    /**
     * Removes a key at once. One that signs is refused with `TOOL_KEY_IN_USE` unless it is replaced; resolves to the key that
     * signs in its place, if one has to.
     */
    delete: (kid: string, { replace, ...options }: CallOptions & { replace?: boolean } = {}) =>
      send<ToolKey | undefined>({
        method: 'DELETE',
        path: pathOf(kid),
        ...(replace && { query: { replace } }),
        ...options,
      }),
  };
}
