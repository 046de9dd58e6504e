import type { Redis } from 'ioredis';
import type { WaitingEntry, WebhookDelivery, WebhookDeliveryWithBody } from '../webhook-delivery.ts';
import { platformKey } from './keys.ts';
import type { Page } from './record-types.ts';
import { parseCursor } from './score-reader.ts';
import { Script } from './script.ts';
import { viewScript } from './scripts/webhooks.ts';
import { openBody, openEntries } from './sealed-webhook.ts';
import type { SecretBox } from './secret-box.ts';
import { platformOfDelivery } from './webhook-id.ts';
import type { UnmatchedPart, UnmatchedQuery, WhichUnmatched } from './webhook-types.ts';
import { deliveryOf, type Fields, fieldsOf, leftOf } from './webhook-view.ts';

const view = new Script(viewScript);
const DELIVERIES_PER_CALL = 100;
/** A delivery may take megabytes, and Redis serves nobody else while it reads. */
const BYTES_PER_CALL = 1_000_000;

/** Reads deliveries, and what is unmatched of them. */
export class WebhookReader {
  readonly #redis: Redis;
  readonly #box: SecretBox;

  constructor(options: { redis: Redis; box: SecretBox }) {
    this.#redis = options.redis;
    this.#box = options.box;
  }

  async get(id: string): Promise<WebhookDeliveryWithBody | undefined> {
    const platformId = platformOfDelivery(id);
    if (platformId === undefined) return undefined;
    const { body: sealed, ...fields } = await this.#redis.hgetall(platformKey(platformId, 'webhook', id));
    const delivery = deliveryOf(id, fields as Fields);
    if (!delivery || sealed === undefined) return delivery;
    const body = await openBody(this.#box, sealed, id);
    return { ...delivery, ...(body && { body }) };
  }

  async look(id: string): Promise<WebhookDelivery | undefined> {
    const platformId = platformOfDelivery(id);
    if (platformId === undefined) return undefined;
    const [fields] = await this.#view(platformId, [id]);
    return deliveryOf(id, fields!);
  }

  async unmatched({ platformId, sourceId, cursor, limit }: UnmatchedQuery): Promise<Page<UnmatchedPart>> {
    const key = unmatchedKey(platformId, sourceId);
    const data: UnmatchedPart[] = [];
    // Each delivery of a source has a time of its own, so that the time and the index tell where a page ended.
    const end = cursor === undefined ? undefined : parseCursor(cursor);
    const isPast = ({ index, delivery }: UnmatchedPart) =>
      delivery.receivedAtMs === end?.atMs && index <= Number(end.id);
    let before = end ? String(end.atMs) : '+inf';
    for (;;) {
      const rows = await this.#redis.zrevrangebyscore(
        key,
        before,
        '-inf',
        'WITHSCORES',
        'LIMIT',
        0,
        DELIVERIES_PER_CALL,
      );
      const ids = rows.filter((_, i) => i % 2 === 0);
      const views = await this.#view(platformId, ids);
      for (const [i, fields] of views.entries()) {
        for (const part of this.#partsOf(ids[i]!, fields)) {
          if (!isPast(part)) data.push(part);
          if (data.length === limit) return { data, nextCursor: cursorOf(part) };
        }
      }
      if (views.length === ids.length && ids.length < DELIVERIES_PER_CALL) return { data };
      before = `(${rows[2 * views.length - 1]}`;
    }
  }

  /** The ids of the unmatched ones among those asked for, each once. */
  async unmatchedIds({ platformId, sourceId, deliveryIds }: WhichUnmatched): Promise<string[]> {
    const key = unmatchedKey(platformId, sourceId);
    if (!deliveryIds) return this.#redis.zrange(key, '0', '-1');
    const asked = [...new Set(deliveryIds)];
    const scores = asked.length > 0 ? await this.#redis.zmscore(key, ...asked) : [];
    return asked.filter((_, i) => scores[i] !== null);
  }

  countUnmatched(platformId: string, sourceId?: string): Promise<number> {
    return this.#redis.zcard(unmatchedKey(platformId, sourceId));
  }

  #partsOf(id: string, fields: Fields): UnmatchedPart[] {
    const delivery = deliveryOf(id, fields);
    if (!delivery) return [];
    const known = new Map(openEntries(this.#box, fields.unmatched ?? '', id).map((one) => [one.index, one]));
    return [...leftOf(fields)]
      .sort(([a], [b]) => a - b)
      .map(([index, fingerprint]) => ({ ...(known.get(index) ?? unopened(index, fingerprint)), delivery }));
  }

  /** Of as many of them, in order, as are read at once: of one at least. */
  async #view(platformId: string, ids: readonly string[]): Promise<Fields[]> {
    if (ids.length === 0) return [];
    const args = [0, BYTES_PER_CALL, ...ids];
    const views = await view.run(this.#redis, platformKey(platformId, 'platform'), args);
    return (views as string[][]).map(fieldsOf);
  }
}

function unmatchedKey(platformId: string, sourceId: string | undefined): string {
  return sourceId === undefined
    ? platformKey(platformId, 'webhooks-unmatched')
    : platformKey(platformId, 'webhooks-unmatched', sourceId);
}

/** It is told all the same: nothing that waits is passed over in silence. */
function unopened(index: number, fingerprint: string): WaitingEntry {
  const detail = 'What was kept of it does not open with the encryption key of this server.';
  return { index, fingerprint, reason: 'UNREADABLE', detail };
}

function cursorOf({ index, delivery }: UnmatchedPart): string {
  return Buffer.from(`${delivery.receivedAtMs} ${index}`).toString('base64url');
}
