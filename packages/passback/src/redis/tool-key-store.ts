import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { type CryptoKey, importJWK, type JWK } from 'jose';
import { globalKey } from './keys.ts';
import { Script } from './script.ts';
import type { SecretBox } from './secret-box.ts';
import { generateToolKey, publicJwkOf, publicPemOf, readToolKey, ToolKeyError } from './tool-key.ts';

/** A published key, without what must stay secret. */
export interface ToolKey {
  kid: string;
  publicJwk: JWK;
  publicPem: string;
  createdAtMs: number;
  /** From when it may sign for platforms that pin no key; absent for an imported key, which signs only where pinned. */
  signsFromMs?: number;
}

interface StoredKey {
  public: JWK;
  sealed: string;
  createdAtMs: number;
  signsFromMs?: number;
}

const firstKeyScript = new Script(`
local keys = redis.call('HVALS', KEYS[1])
for _, json in ipairs(keys) do if cjson.decode(json).signsFromMs then return 0 end end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
`);

const HOUR = 60 * 60_000;
/** Platforms cache key sets: Moodle and Canvas for minutes, some gateways for hours. */
const ACTIVATION_DELAY_MS = 24 * HOUR;

/**
 * The keys that client assertions are signed with (RS256). All are published for good, private parts sealed. A rotation
 * publishes a new key before it signs, so that platforms with a cached key set know it by then.
 */
export class ToolKeyStore {
  readonly #redis: Redis;
  readonly #box: SecretBox;
  readonly #activationDelayMs: number;
  readonly #now: () => number;
  readonly #privateKeys = new Map<string, CryptoKey>();

  constructor(options: { redis: Redis; box: SecretBox; activationDelayMs?: number; now?: () => number }) {
    this.#redis = options.redis;
    this.#box = options.box;
    this.#activationDelayMs = options.activationDelayMs ?? ACTIVATION_DELAY_MS;
    this.#now = options.now ?? Date.now;
  }

  /** Makes the first key unless there is one; of several processes one makes it. It signs at once: nobody knows older ones. */
  async ensure(): Promise<void> {
    const keys = await this.list();
    if (keys.some((key) => key.signsFromMs !== undefined)) return;
    const kid = newKid();
    const stored = this.#seal(kid, await generateToolKey(), { signsFromMs: this.#now() });
    await firstKeyScript.run(this.#redis, globalKey('tool-keys'), [kid, JSON.stringify(stored)]);
  }

  /**
   * The key to sign with: the pinned one, else the newest that platforms have had time to learn.
   * @throws ToolKeyError `UNKNOWN_KEY` for a pinned kid that is not stored, `NO_KEY` before `ensure`
   */
  async signingKey(pinnedKid?: string): Promise<{ kid: string; privateKey: CryptoKey }> {
    const kid = pinnedKid ?? (await this.#currentKid());
    if (kid === undefined) throw new ToolKeyError('NO_KEY', 'there is no tool key to sign with yet');
    const known = this.#privateKeys.get(kid);
    if (known) return { kid, privateKey: known };
    const stored = await this.#read(kid);
    if (!stored) throw new ToolKeyError('UNKNOWN_KEY', 'the tool key pinned for this platform is not stored');
    const jwk = JSON.parse(this.#box.open(stored.sealed, sealContext(kid))) as JWK;
    const privateKey = (await importJWK(jwk, 'RS256')) as CryptoKey;
    this.#privateKeys.set(kid, privateKey);
    return { kid, privateKey };
  }

  /** The JSON Web Key Set for platforms: every key, also those that do not sign yet or any more. */
  async publicJwks(): Promise<{ keys: JWK[] }> {
    return { keys: (await this.list()).map((key) => key.publicJwk) };
  }

  /** Every key, newest first. */
  async list(): Promise<ToolKey[]> {
    const stored = Object.entries(await this.#redis.hgetall(globalKey('tool-keys')));
    return stored
      .map(([kid, json]) => toolKeyOf(kid, JSON.parse(json) as StoredKey))
      .sort((a, b) => b.createdAtMs - a.createdAtMs || a.kid.localeCompare(b.kid));
  }

  /** Publishes a new key, which signs after the activation delay. Those before it stay published; pins stay as they are. */
  async rotate(): Promise<ToolKey> {
    const kid = newKid();
    const signsFromMs = this.#now() + this.#activationDelayMs;
    const stored = this.#seal(kid, await generateToolKey(), { signsFromMs });
    await this.#redis.hset(globalKey('tool-keys'), kid, JSON.stringify(stored));
    return toolKeyOf(kid, stored);
  }

  /**
   * Takes over a private RSA key that platforms know already; it signs for the platforms that pin it.
   * @throws ToolKeyError `INVALID_KEY` with what is wrong, `KID_TAKEN` when another key has this kid
   */
  async importKey(kid: string, input: JWK | string): Promise<{ key: ToolKey; created: boolean }> {
    const stored = this.#seal(kid, readToolKey(kid, input), {});
    const created = await this.#redis.hsetnx(globalKey('tool-keys'), kid, JSON.stringify(stored));
    if (created === 1) return { key: toolKeyOf(kid, stored), created: true };
    const present = await this.#read(kid);
    if (present?.public.n !== stored.public.n || present?.public.e !== stored.public.e) {
      throw new ToolKeyError(
        'KID_TAKEN',
        'another key is published under this kid; platforms would mix them up',
      );
    }
    return { key: toolKeyOf(kid, present as StoredKey), created: false };
  }

  async #currentKid(): Promise<string | undefined> {
    const keys = (await this.list()).filter((key) => key.signsFromMs !== undefined);
    const active = keys.filter((key) => key.signsFromMs! <= this.#now());
    return active.sort((a, b) => b.signsFromMs! - a.signsFromMs!)[0]?.kid;
  }

  async #read(kid: string): Promise<StoredKey | undefined> {
    const json = await this.#redis.hget(globalKey('tool-keys'), kid);
    return json === null ? undefined : (JSON.parse(json) as StoredKey);
  }

  #seal(kid: string, jwk: JWK, when: { signsFromMs?: number }): StoredKey {
    return {
      public: publicJwkOf(kid, jwk),
      sealed: this.#box.seal(JSON.stringify(jwk), sealContext(kid)),
      createdAtMs: this.#now(),
      ...when,
    };
  }
}

function toolKeyOf(kid: string, { public: publicJwk, createdAtMs, signsFromMs }: StoredKey): ToolKey {
  return {
    kid,
    publicJwk,
    publicPem: publicPemOf(publicJwk),
    createdAtMs,
    ...(signsFromMs === undefined ? {} : { signsFromMs }),
  };
}

function sealContext(kid: string): string {
  return `tool key ${kid}`;
}

function newKid(): string {
  return randomBytes(12).toString('base64url');
}
