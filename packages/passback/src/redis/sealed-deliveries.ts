import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { globalKey, platformKey } from './keys.ts';
import type { PendingWebhooks } from './pending-webhooks.ts';
import { Script } from './script.ts';
import { replaceScript } from './scripts/webhooks.ts';
import type { SealCounts, SealedStore } from './sealed-store.ts';
import { SEALED_FIELDS, type SealedField, sealContextOf } from './sealed-webhook.ts';
import type { SecretBox } from './secret-box.ts';
import { platformOfDelivery } from './webhook-id.ts';

const replace = new Script(replaceScript);
const IDS_PER_CALL = 500;
/** Each may hold a megabyte. */
const READ_TOGETHER = 10;

interface SealedText {
  id: string;
  field: SealedField;
  sealed: string;
}

/** What was sent and not worked through, and what is unmatched of what was: both lie sealed for as long as that takes. */
export class SealedDeliveries implements SealedStore {
  readonly #redis: Redis;
  readonly #box: SecretBox;
  readonly #pending: PendingWebhooks;

  constructor(options: { redis: Redis; box: SecretBox; pending: PendingWebhooks }) {
    this.#redis = options.redis;
    this.#box = options.box;
    this.#pending = options.pending;
  }

  async sealCounts(): Promise<SealCounts> {
    const counts: SealCounts = { current: 0, previous: 0, unknown: 0 };
    for await (const { id, field, sealed } of this.#sealed()) {
      counts[this.#box.sealedBy(sealed, sealContextOf(id, field))] += 1;
    }
    return counts;
  }

  async reseal(): Promise<number> {
    let count = 0;
    for await (const { id, field, sealed } of this.#sealed()) {
      const context = sealContextOf(id, field);
      if (this.#box.sealedBy(sealed, context) !== 'previous') continue;
      const fresh = this.#box.seal(this.#box.open(sealed, context), context);
      const hash = createHash('sha1').update(sealed).digest('hex');
      const key = platformKey(platformOfDelivery(id)!, 'platform');
      // One that was settled meanwhile is sealed with the current key, or gone.
      count += Number(await replace.run(this.#redis, key, [0, id, field, hash, fresh]));
    }
    return count;
  }

  async *#sealed(): AsyncGenerator<SealedText, void> {
    for await (const ids of this.#deliveryIds()) {
      for (let i = 0; i < ids.length; i += READ_TOGETHER) {
        const found = await Promise.all(ids.slice(i, i + READ_TOGETHER).map((id) => this.#textsOf(id)));
        yield* found.flat();
      }
    }
  }

  async #textsOf(id: string): Promise<SealedText[]> {
    const key = platformKey(platformOfDelivery(id)!, 'webhook', id);
    const sealed = await this.#redis.hmget(key, ...SEALED_FIELDS);
    return SEALED_FIELDS.flatMap((field, i) => (sealed[i] ? [{ id, field, sealed: sealed[i] }] : []));
  }

  /** Each delivery that is pending or unmatched, once. */
  async *#deliveryIds(): AsyncGenerator<string[], void> {
    const seen = new Set<string>();
    const fresh = (ids: readonly string[]) => ids.filter((id) => !seen.has(id) && seen.add(id));
    for await (const ids of this.#pending.all()) yield fresh(ids);
    for (const platformId of await this.#platformIds()) {
      const key = platformKey(platformId, 'webhooks-unmatched');
      let cursor = '0';
      do {
        const [next, flat] = await this.#redis.zscan(key, cursor, 'COUNT', IDS_PER_CALL);
        yield fresh(flat.filter((_, i) => i % 2 === 0));
        cursor = next;
      } while (cursor !== '0');
    }
  }

  /** Of sources too, whose platform may have been removed. */
  async #platformIds(): Promise<Set<string>> {
    const [registered, sources] = await Promise.all([
      this.#redis.zrange(globalKey('platforms'), '0', '-1'),
      this.#redis.hvals(globalKey('webhook-sources')),
    ]);
    const ofSources = sources.map((json) => (JSON.parse(json) as { platformId: string }).platformId);
    return new Set([...registered, ...ofSources]);
  }
}
