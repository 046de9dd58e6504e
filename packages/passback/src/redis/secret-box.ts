import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const VERSION = 'v1';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NAME_BYTES = 6;

/** A sealed text that does not open: another key, another context, or it was changed. */
export class SealBrokenError extends Error {
  override name = 'SealBrokenError';
}

/** Which of our keys opens a sealed text; `unknown`: none. */
export type SealedBy = 'current' | 'previous' | 'unknown';

interface NamedKey {
  name: string;
  key: Buffer;
  /** The keys of hashes by context, of which there are few. */
  ofContext: Map<string, Buffer>;
}

/**
 * Encrypts what lies in Redis: private keys, tokens, secrets of webhooks. AES-256-GCM with a random nonce each. The
 * context (what and whose the text is) is authenticated with it, so that a sealed text is of no use in another place.
 * A box says which key sealed it, by a name that tells nothing of the key. The previous key only opens.
 */
export class SecretBox {
  readonly #current: NamedKey;
  readonly #previous: NamedKey | undefined;

  /** @throws RangeError unless each key has 32 bytes */
  constructor(key: Uint8Array, previousKey?: Uint8Array) {
    this.#current = named(key);
    this.#previous = previousKey && named(previousKey);
  }

  /** The name of the key that seals, to be shown. */
  get keyName(): string {
    return this.#current.name;
  }

  /** The name of the key that only opens, if there is one. */
  get previousKeyName(): string | undefined {
    return this.#previous?.name;
  }

  seal(text: string, context: string): string {
    const { name, key } = this.#current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${VERSION}.${sealed.toString('base64url')}.${name}`;
  }

  /**
   * 22 characters that are the same for the same text and context, and tell nothing to somebody who can guess the text but
   * has not the key. It changes with the key.
   */
  hash(text: string, context: string): string {
    return hashWith(this.#current, text, context);
  }

  /** The hashes of a text by each key, that of the current one first: it may have been kept before the key was changed. */
  hashes(text: string, context: string): string[] {
    const keys = this.#previous ? [this.#current, this.#previous] : [this.#current];
    return keys.map((key) => hashWith(key, text, context));
  }

  /** @throws SealBrokenError */
  open(sealed: string, context: string): string {
    return this.#unseal(sealed, context).text;
  }

  /** Which key opens the text: whoever removes the previous key has to know that nothing needs it. */
  sealedBy(sealed: string, context: string): SealedBy {
    try {
      return this.#unseal(sealed, context).by === this.#current ? 'current' : 'previous';
    } catch {
      return 'unknown';
    }
  }

  #unseal(sealed: string, context: string): { text: string; by: NamedKey } {
    const [version, encoded = '', name] = sealed.split('.');
    const bytes = Buffer.from(encoded, 'base64url');
    if (version !== VERSION || bytes.length < NONCE_BYTES + TAG_BYTES) {
      throw new SealBrokenError(`this is no text sealed as ${VERSION}`);
    }
    const keys = this.#previous ? [this.#current, this.#previous] : [this.#current];
    // Boxes of earlier versions name no key: each may be theirs.
    const candidates = name === undefined ? keys : keys.filter((key) => key.name === name);
    if (candidates.length === 0) {
      throw new SealBrokenError(`it was sealed with another encryption key, which is called ${name}`);
    }
    let cause: unknown;
    for (const by of candidates) {
      try {
        return { text: decipher(bytes, by.key, context), by };
      } catch (error) {
        cause = error;
      }
    }
    throw new SealBrokenError('the sealed text does not open: was the encryption key changed?', { cause });
  }
}

function hashWith({ key, ofContext }: NamedKey, text: string, context: string): string {
  const known = ofContext.get(context);
  const hashKey = known ?? createHmac('sha256', key).update(`gradewire: hash ${context}`).digest();
  if (!known) ofContext.set(context, hashKey);
  return createHmac('sha256', hashKey).update(text).digest().subarray(0, 16).toString('base64url');
}

function decipher(bytes: Buffer, key: Buffer, context: string): string {
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const opening = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  const opened = [opening.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), opening.final()];
  return Buffer.concat(opened).toString('utf8');
}

function named(bytes: Uint8Array): NamedKey {
  if (bytes.length !== KEY_BYTES)
    throw new RangeError(`the encryption key needs ${KEY_BYTES} bytes, not ${bytes.length}`);
  const key = Buffer.from(bytes);
  const name = createHmac('sha256', key).update('gradewire: name of the key').digest();
  return { key, name: name.subarray(0, NAME_BYTES).toString('base64url'), ofContext: new Map() };
}
