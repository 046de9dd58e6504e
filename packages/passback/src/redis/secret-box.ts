import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const VERSION = 'v1';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A sealed text that does not open: another key, another context, or it was changed. */
export class SealBrokenError extends Error {
  override name = 'SealBrokenError';
}

/**
 * Encrypts what lies in Redis: private keys, tokens, secrets of webhooks. AES-256-GCM with a random nonce each. The
 * context (what and whose the text is) is authenticated with it, so that a sealed text is of no use in another place.
 */
export class SecretBox {
  readonly #key: Buffer;

  /** @throws RangeError unless `key` has 32 bytes */
  constructor(key: Uint8Array) {
    if (key.length !== KEY_BYTES)
      throw new RangeError(`the encryption key needs ${KEY_BYTES} bytes, not ${key.length}`);
    this.#key = Buffer.from(key);
  }

  seal(text: string, context: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${VERSION}.${sealed.toString('base64url')}`;
  }

  /** @throws SealBrokenError */
  open(sealed: string, context: string): string {
    const [version, encoded = ''] = sealed.split('.');
    const bytes = Buffer.from(encoded, 'base64url');
    if (version !== VERSION || bytes.length < NONCE_BYTES + TAG_BYTES) {
      throw new SealBrokenError(`this is no text sealed as ${VERSION}`);
    }
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const opened = [decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
      return Buffer.concat(opened).toString('utf8');
    } catch (cause) {
      throw new SealBrokenError('the sealed text does not open: was the encryption key changed?', { cause });
    }
  }
}
