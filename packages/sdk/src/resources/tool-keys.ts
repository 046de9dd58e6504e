import type { CallOptions, Send } from '../transport.ts';
import type { ToolKey, ToolKeyImport } from '../types/key.ts';

/** The keys that client assertions are signed with (role `admin`). */
export function toolKeysResource(send: Send) {
  return {
    /** Publishes a new key and signs with it once platforms can have seen it. The old one stays published. */
    rotate: (options: CallOptions = {}) =>
      send<ToolKey>({ method: 'POST', path: '/v1/tool-keys/rotate', ...options }),

    /** Takes over a private key that platforms already know, such as one of a tool that is being replaced. */
    import: (kid: string, key: ToolKeyImport, options: CallOptions = {}) =>
      send<ToolKey>({
        method: 'PUT',
        path: `/v1/tool-keys/${encodeURIComponent(kid)}`,
        body: key,
        ...options,
      }),
  };
}
