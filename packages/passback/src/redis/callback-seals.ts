import type { Redis } from 'ioredis';
import { bodyContext, callbackKey, secretContext } from './callback-keys.ts';
import { Script } from './script.ts';
import { resealBodyScript, resealCallbackScript } from './scripts/callback-registry.ts';
import type { SealCounts, SealedStore } from './sealed-store.ts';
import type { SecretBox } from './secret-box.ts';
import { resealed, type StoredCallback, sealedSecrets } from './stored-callback.ts';

const resealCallback = new Script(resealCallbackScript);
const resealBody = new Script(resealBodyScript);

const SCAN_COUNT = 200;

/** The secrets of callbacks, and the bodies that wait to be sent or can be sent again: sealed, and to outlast the key. */
export class CallbackSeals implements SealedStore {
  readonly #redis: Redis;
  readonly #box: SecretBox;

  constructor(options: { redis: Redis; box: SecretBox }) {
    this.#redis = options.redis;
    this.#box = options.box;
  }

  async sealCounts(): Promise<SealCounts> {
    const counts: SealCounts = { current: 0, previous: 0, unknown: 0 };
    for (const { id, stored } of await this.#callbacks()) {
      for (const sealed of sealedSecrets(stored)) counts[this.#box.sealedBy(sealed, secretContext(id))] += 1;
      for await (const { message, sealed } of this.#bodies(id)) {
        counts[this.#box.sealedBy(sealed, bodyContext(message))] += 1;
      }
    }
    return counts;
  }

  async reseal(): Promise<number> {
    let count = 0;
    for (const { id, json, stored } of await this.#callbacks()) {
      const before = sealedSecrets(stored);
      const fresh = { ...stored, ...resealed(this.#box, id, stored) };
      const changed = sealedSecrets(fresh).filter((sealed, i) => sealed !== before[i]).length;
      // One that was put meanwhile is sealed with the current key.
      if (changed > 0 && (await this.#run(resealCallback, id, json, JSON.stringify(fresh)))) count += changed;
      for await (const { message, sealed } of this.#bodies(id)) {
        const context = bodyContext(message);
        if (this.#box.sealedBy(sealed, context) !== 'previous') continue;
        const again = this.#box.seal(this.#box.open(sealed, context), context);
        if (await this.#run(resealBody, id, message, sealed, again)) count += 1;
      }
    }
    return count;
  }

  async #callbacks(): Promise<{ id: string; json: string; stored: StoredCallback }[]> {
    const rows = await this.#redis.hgetall(callbackKey('registry'));
    return Object.entries(rows).map(([id, json]) => ({
      id,
      json,
      stored: JSON.parse(json) as StoredCallback,
    }));
  }

  /** Each of a callback; one may come twice. */
  async *#bodies(id: string): AsyncGenerator<{ message: string; sealed: string }, void> {
    for await (const units of this.#scanned(id, 'log')) {
      const bodies = await Promise.all(
        units.map(([unit]) => this.#redis.hget(callbackKey('unit', id, unit), 'body')),
      );
      for (const [i, sealed] of bodies.entries()) if (sealed) yield { message: units[i]![0], sealed };
    }
    for await (const events of this.#scanned(id, 'gathered')) {
      for (const [message, sealed] of events) yield { message, sealed };
    }
  }

  async *#scanned(id: string, kind: 'log' | 'gathered'): AsyncGenerator<[string, string][], void> {
    const key = callbackKey(kind, id);
    let cursor = '0';
    do {
      const [next, flat] =
        kind === 'log'
          ? await this.#redis.zscan(key, cursor, 'COUNT', SCAN_COUNT)
          : await this.#redis.hscan(key, cursor, 'COUNT', SCAN_COUNT);
      yield flat.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, flat[i + 1]!]] : []));
      cursor = next;
    } while (cursor !== '0');
  }

  async #run(script: Script, ...args: string[]): Promise<boolean> {
    return (await script.run(this.#redis, callbackKey('registry'), [0, ...args])) === 1;
  }
}
