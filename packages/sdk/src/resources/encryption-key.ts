import type { CallOptions, Send } from '../transport.ts';
import type { EncryptionKeyStatus } from '../types/encryption-key.ts';

/** What lies sealed at rest, and with which key (role `admin`). */
export function encryptionKeyResource(send: Send) {
  return {
    status: (options: CallOptions = {}) =>
      send<EncryptionKeyStatus>({ method: 'GET', path: '/v1/encryption-key', ...options }),

    /** Seals everything with the current key; `previousKey.mayBeRemoved` then says whether the one of before can go. */
    reseal: (options: CallOptions = {}) =>
      send<EncryptionKeyStatus & { resealed: number }>({
        method: 'POST',
        path: '/v1/encryption-key/reseal',
        repeatable: true,
        ...options,
      }),
  };
}
