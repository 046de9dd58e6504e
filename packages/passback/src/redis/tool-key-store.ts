import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { type CryptoKey, importJWK, type JWK } from 'jose';
import {
  lifeOf,
  PUBLISHED_BEFORE_SIGNING_MS,
  signerFor,
  successorOf,
  type ToolKeyTimes,
  type ToolKeyUses,
} from '../tool-key-life.ts';
import type { SealedStore } from './sealed-store.ts';
import type { SecretBox } from './secret-box.ts';
import { generateToolKey, publicPemOf, readToolKey, ToolKeyError } from './tool-key.ts';
import { type StoredKey, ToolKeyRecords } from './tool-key-records.ts';

/** A published key, without what must stay secret. */
export interface ToolKey extends ToolKeyTimes {
  publicJwk: JWK;
  publicPem: string;
}

/** What signs: a private key and the name that platforms find the public one by. */
export interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
}

type LineTimes = Pick<ToolKeyTimes, 'signsFromMs' | 'platformId'>;

const HOUR = 60 * 60_000;
/** How fresh `neededAtMs` is kept: a key in use is not written to on every look. */
const NEEDED_NOTED_MS = HOUR;

/**
 * The keys that client assertions are signed with (RS256), private parts sealed. A rotation publishes a new key before it
 * signs, so that platforms with a cached key set know it by then, and the old one is served on after it. How long is in
 * `tool-key-life.ts`.
 */
export class ToolKeyStore {
  /** The private keys, as secrets that are sealed. */
  readonly secrets: SealedStore;
  readonly #records: ToolKeyRecords;
  readonly #leadMs: number;
  readonly #now: () => number;
  readonly #privateKeys = new Map<string, { modulus: string | undefined; privateKey: CryptoKey }>();

  constructor(options: { redis: Redis; box: SecretBox; leadMs?: number; now?: () => number }) {
    this.#records = new ToolKeyRecords(options);
    this.secrets = this.#records;
    this.#leadMs = options.leadMs ?? PUBLISHED_BEFORE_SIGNING_MS;
    this.#now = options.now ?? Date.now;
  }

  /** Makes the first key unless there is one; of several processes one makes it. It signs at once: nobody knows older ones. */
  async ensure(): Promise<void> {
    const keys = await this.#records.all();
    if (signerFor(keys, undefined, this.#now())) return;
    const { kid, stored } = await this.#make((nowMs) => ({ signsFromMs: nowMs }));
    await this.#records.addFirst(kid, stored);
  }

  /**
   * The key to sign with for a platform: the pinned one, else the newest of its own or of all that platforms have had time
   * to learn. A key that was removed signs no more, in any process.
   * @throws ToolKeyError `UNKNOWN_KEY` for a pinned kid that is not stored, `NO_KEY` before `ensure`
   * @throws SealBrokenError when the encryption key does not open it
   */
  async signingKey(platform: { id?: string; toolKeyId?: string } = {}): Promise<SigningKey> {
    const { kid, stored } = await this.#signer(platform);
    const known = this.#privateKeys.get(kid);
    if (known && known.modulus === stored.public.n) return { kid, privateKey: known.privateKey };
    const privateKey = (await importJWK(this.#records.open(kid, stored), 'RS256')) as CryptoKey;
    this.#privateKeys.set(kid, { modulus: stored.public.n, privateKey });
    return { kid, privateKey };
  }

  /** The JSON Web Key Set for platforms: every key, also those that do not sign yet or any more. Newest first. */
  async publicJwks(): Promise<{ keys: JWK[] }> {
    return { keys: (await this.#all()).map((key) => key.public) };
  }

  /** Every key, newest first. */
  async list(): Promise<ToolKey[]> {
    return (await this.#all()).map(({ kid, ...stored }) => toolKeyOf(kid, stored));
  }

  /**
   * Publishes a new key, which signs once platforms have had time to learn it, or from `signsFromMs` on; with `platformId`
   * for that platform only. Those before it stay published; pins stay as they are.
   */
  async rotate(options: { platformId?: string; signsFromMs?: number } = {}): Promise<ToolKey> {
    return this.#add((nowMs) => ({ signsFromMs: nowMs + this.#leadMs, ...options }));
  }

  /**
   * Takes over a private RSA key that platforms know already; it signs for the platforms that pin it.
   * @throws ToolKeyError `INVALID_KEY` with what is wrong, `KID_TAKEN` when another key has this kid
   */
  async importKey(kid: string, input: JWK | string): Promise<{ key: ToolKey; created: boolean }> {
    const stored = this.#records.seal(kid, readToolKey(kid, input), { createdAtMs: this.#now() });
    if (await this.#records.add(kid, stored)) return { key: toolKeyOf(kid, stored), created: true };
    const present = await this.#records.get(kid);
    if (present?.public.n !== stored.public.n || present?.public.e !== stored.public.e) {
      throw new ToolKeyError(
        'KID_TAKEN',
        'another key is published under this kid; platforms would mix them up',
      );
    }
    return { key: toolKeyOf(kid, present as StoredKey), created: false };
  }

  /**
   * Notes that a platform is about to pin the key, so that it is not swept away meanwhile.
   * @returns why it may not be pinned, if so
   */
  async claim(kid: string, platformId: string): Promise<'unknown' | 'foreign' | undefined> {
    const mayPin = (key: StoredKey) => key.platformId === undefined || key.platformId === platformId;
    const key = await this.#records.change(kid, (stored) => {
      // An imported key that was never pinned is not swept, and stays as if this one were refused.
      const isUntouched = stored.signsFromMs === undefined && stored.neededAtMs === undefined;
      return isUntouched || !mayPin(stored) ? 'keep' : { ...stored, neededAtMs: this.#now() };
    });
    if (!key) return 'unknown';
    return mayPin(key) ? undefined : 'foreign';
  }

  /** Removes a key at once, from the key set too. False: it has changed since it was read, or is gone. */
  async remove({ kid, signsFromMs, neededAtMs }: ToolKey): Promise<boolean> {
    let isSame = false;
    await this.#records.change(kid, (stored) => {
      isSame = stored.signsFromMs === signsFromMs && stored.neededAtMs === neededAtMs;
      return isSame ? 'remove' : 'keep';
    });
    this.#privateKeys.delete(kid);
    return isSame;
  }

  /**
   * Has another key sign at once in the place of one that signs in its line: the next, if one is published, else a new one.
   * One that signs only where it is pinned gets a new one to be pinned in its place.
   */
  async replace(key: ToolKey): Promise<ToolKey> {
    const keys = await this.#records.all();
    const { kid, platformId, signsFromMs } = key;
    const ofPlatform = platformId !== undefined && { platformId };
    const signs = signerFor(keys, platformId, this.#now())?.kid === kid;
    if (!signs || signsFromMs === undefined) return this.#add(() => ({ ...ofPlatform }));
    // Later than the one it follows, whatever the clock says.
    const soon = Math.max(this.#now(), signsFromMs + 1);
    const next = successorOf(key, keys);
    const promoted =
      next && (await this.#records.change(next.kid, (stored) => ({ ...stored, signsFromMs: soon })));
    return next && promoted
      ? toolKeyOf(next.kid, promoted)
      : this.#add(() => ({ signsFromMs: soon, ...ofPlatform }));
  }

  /** Notes which keys are needed, and removes those that have been served for long enough after they signed last. */
  async sweep(uses: ToolKeyUses): Promise<{ removed: string[] }> {
    const removed: string[] = [];
    const keys = await this.list();
    const now = this.#now();
    for (const key of keys) {
      const { state, servedUntilMs = Number.POSITIVE_INFINITY } = lifeOf(key, keys, uses, now);
      if (state === 'signing' && now - (key.neededAtMs ?? 0) > NEEDED_NOTED_MS) {
        await this.#records.change(key.kid, (stored) => ({ ...stored, neededAtMs: now }));
      }
      if (state === 'retired' && servedUntilMs <= now && (await this.remove(key))) removed.push(key.kid);
    }
    return { removed };
  }

  async #signer({ id, toolKeyId }: { id?: string; toolKeyId?: string }) {
    if (toolKeyId !== undefined) {
      const stored = await this.#records.get(toolKeyId);
      if (!stored)
        throw new ToolKeyError('UNKNOWN_KEY', 'the tool key pinned for this platform is not stored');
      return { kid: toolKeyId, stored };
    }
    const stored = signerFor(await this.#records.all(), id, this.#now());
    if (!stored) throw new ToolKeyError('NO_KEY', 'there is no tool key to sign with yet');
    return { kid: stored.kid, stored };
  }

  async #all(): Promise<Array<StoredKey & { kid: string }>> {
    const keys = await this.#records.all();
    return keys.sort((a, b) => b.createdAtMs - a.createdAtMs || (a.kid < b.kid ? -1 : 1));
  }

  /** `timesAt` is told the time at which the key is ready: making one takes a while. */
  async #make(timesAt: (nowMs: number) => LineTimes): Promise<{ kid: string; stored: StoredKey }> {
    const kid = randomBytes(12).toString('base64url');
    const jwk = await generateToolKey();
    const createdAtMs = this.#now();
    return { kid, stored: this.#records.seal(kid, jwk, { createdAtMs, ...timesAt(createdAtMs) }) };
  }

  async #add(timesAt: (nowMs: number) => LineTimes): Promise<ToolKey> {
    const { kid, stored } = await this.#make(timesAt);
    await this.#records.add(kid, stored);
    return toolKeyOf(kid, stored);
  }
}

function toolKeyOf(kid: string, { public: publicJwk, sealed: _, ...times }: StoredKey): ToolKey {
  return { kid, publicJwk, publicPem: publicPemOf(publicJwk), ...times };
}
