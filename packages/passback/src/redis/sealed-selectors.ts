import type { Redis } from 'ioredis';
import { parseCellId } from '../cell.ts';
import { globalKey, platformKey } from './keys.ts';
import { Script } from './script.ts';
import { SELECTOR_CONTEXT } from './sealed-selector.ts';
import type { SealCounts, SealedStore } from './sealed-store.ts';
import type { SecretBox } from './secret-box.ts';

const SCAN_COUNT = 500;

/** ARGV: what is to be there, what to put there. */
const replaceScript = new Script(`
if redis.call('HGET', KEYS[1], 'who') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'who', ARGV[2])
return 1
`);

/** By whom rosters are to be searched, sealed in the scores that wait for it or died of it. */
export class SealedSelectors implements SealedStore {
  readonly #redis: Redis;
  readonly #box: SecretBox;

  constructor(options: { redis: Redis; box: SecretBox }) {
    this.#redis = options.redis;
    this.#box = options.box;
  }

  async sealCounts(): Promise<SealCounts> {
    const counts: SealCounts = { current: 0, previous: 0, unknown: 0 };
    for await (const { sealed } of this.#sealed()) counts[this.#box.sealedBy(sealed, SELECTOR_CONTEXT)] += 1;
    return counts;
  }

  async reseal(): Promise<number> {
    let count = 0;
    for await (const { key, sealed } of this.#sealed()) {
      if (this.#box.sealedBy(sealed, SELECTOR_CONTEXT) !== 'previous') continue;
      const fresh = this.#box.seal(this.#box.open(sealed, SELECTOR_CONTEXT), SELECTOR_CONTEXT);
      // A score that was settled meanwhile has none any more.
      count += Number(await replaceScript.run(this.#redis, key, [sealed, fresh]));
    }
    return count;
  }

  /** Each score that has one; a score may come twice. */
  async *#sealed(): AsyncGenerator<{ key: string; sealed: string }, void> {
    const platformIds = await this.#redis.zrange(globalKey('platforms'), '0', '-1');
    for (const platformId of platformIds) {
      for await (const ids of this.#scoreIds(platformId)) {
        const keys = ids.map((id) => platformKey(platformId, 'score', id));
        const found = await Promise.all(keys.map((key) => this.#redis.hget(key, 'who')));
        for (const [i, sealed] of found.entries()) if (sealed) yield { key: keys[i]!, sealed };
      }
    }
  }

  async *#scoreIds(platformId: string): AsyncGenerator<string[], void> {
    for await (const cells of this.#members(platformKey(platformId, 'undelivered'))) {
      const nameless = cells.filter((cell) => parseCellId(cell)?.userKey.startsWith('~'));
      const desired = await Promise.all(
        nameless.map((cell) => this.#redis.hget(platformKey(platformId, 'cell', cell), 'desired')),
      );
      yield desired.filter((id) => id !== null);
    }
    yield* this.#members(platformKey(platformId, 'dead'));
  }

  async *#members(key: string): AsyncGenerator<string[], void> {
    let cursor = '0';
    do {
      const [next, flat] = await this.#redis.zscan(key, cursor, 'COUNT', SCAN_COUNT);
      yield flat.filter((_, i) => i % 2 === 0);
      cursor = next;
    } while (cursor !== '0');
  }
}
