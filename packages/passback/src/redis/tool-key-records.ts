import type { Redis } from 'ioredis';
import type { JWK } from 'jose';
import type { ToolKeyTimes } from '../tool-key-life.ts';
import { globalKey } from './keys.ts';
import { Script } from './script.ts';
import type { SealCounts, SealedStore } from './sealed-store.ts';
import type { SealedBy, SecretBox } from './secret-box.ts';
import { publicJwkOf } from './tool-key.ts';

/** A key as it lies in Redis: the public part in the open, the private part sealed. */
export interface StoredKey extends Omit<ToolKeyTimes, 'kid'> {
  public: JWK;
  sealed: string;
}

/** ARGV: kid, the JSON that is to be there, the JSON to put there or '' to remove it. */
const changeScript = new Script(`
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1
`);

/** ARGV: kid, JSON. */
const firstScript = new Script(`
local keys = redis.call('HVALS', KEYS[1])
for _, json in ipairs(keys) do
  local key = cjson.decode(json)
  if key.signsFromMs and not key.platformId then return 0 end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
`);

/** The stored tool keys, each under its kid. A change applies to what was read or not at all. */
export class ToolKeyRecords implements SealedStore {
  readonly #redis: Redis;
  readonly #box: SecretBox;
  readonly #key = globalKey('tool-keys');

  constructor(options: { redis: Redis; box: SecretBox }) {
    this.#redis = options.redis;
    this.#box = options.box;
  }

  async all(): Promise<Array<StoredKey & { kid: string }>> {
    const stored = Object.entries(await this.#redis.hgetall(this.#key));
    return stored.map(([kid, json]) => ({ kid, ...(JSON.parse(json) as StoredKey) }));
  }

  async get(kid: string): Promise<StoredKey | undefined> {
    const json = await this.#redis.hget(this.#key, kid);
    return json === null ? undefined : (JSON.parse(json) as StoredKey);
  }

  /** False: there is one under this kid. */
  async add(kid: string, key: StoredKey): Promise<boolean> {
    return (await this.#redis.hsetnx(this.#key, kid, JSON.stringify(key))) === 1;
  }

  /** Adds it if no key signs for all platforms yet. */
  async addFirst(kid: string, key: StoredKey): Promise<void> {
    await firstScript.run(this.#redis, this.#key, [kid, JSON.stringify(key)]);
  }

  /**
   * Puts what `change` makes of a key in its place, or removes it. `keep` leaves it as it is. Calls `change` again when
   * somebody else was faster.
   * @returns what is there now; undefined: nothing
   */
  async change(
    kid: string,
    change: (key: StoredKey) => StoredKey | 'keep' | 'remove',
  ): Promise<StoredKey | undefined> {
    for (;;) {
      const json = await this.#redis.hget(this.#key, kid);
      if (json === null) return undefined;
      const known = JSON.parse(json) as StoredKey;
      const changed = change(known);
      if (changed === 'keep') return known;
      const put = changed === 'remove' ? '' : JSON.stringify(changed);
      if ((await changeScript.run(this.#redis, this.#key, [kid, json, put])) !== 1) continue;
      return changed === 'remove' ? undefined : changed;
    }
  }

  /** The stored form of a private key. */
  seal(kid: string, jwk: JWK, times: Omit<ToolKeyTimes, 'kid'>): StoredKey {
    const sealed = this.#box.seal(JSON.stringify(jwk), sealContext(kid));
    return { public: publicJwkOf(kid, jwk), sealed, ...times };
  }

  /** @throws SealBrokenError */
  open(kid: string, { sealed }: StoredKey): JWK {
    return JSON.parse(this.#box.open(sealed, sealContext(kid))) as JWK;
  }

  async sealCounts(): Promise<SealCounts> {
    const counts: SealCounts = { current: 0, previous: 0, unknown: 0 };
    for (const { kid, sealed } of await this.all()) counts[this.#sealedBy(kid, sealed)] += 1;
    return counts;
  }

  async reseal(): Promise<number> {
    let count = 0;
    for (const { kid } of await this.all()) {
      let isResealed = false;
      await this.change(kid, (key) => {
        isResealed = this.#sealedBy(kid, key.sealed) === 'previous';
        if (!isResealed) return 'keep';
        return { ...key, sealed: this.#box.seal(JSON.stringify(this.open(kid, key)), sealContext(kid)) };
      });
      if (isResealed) count += 1;
    }
    return count;
  }

  #sealedBy(kid: string, sealed: string): SealedBy {
    return this.#box.sealedBy(sealed, sealContext(kid));
  }
}

function sealContext(kid: string): string {
  return `tool key ${kid}`;
}
