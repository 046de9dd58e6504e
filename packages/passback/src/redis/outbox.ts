import type { Redis } from 'ioredis';
import type { PlatformEvent } from '../callback.ts';
import { platformKey } from './keys.ts';

/** What has happened, as the script that made it so wrote it down. */
export interface OutboxEntry {
  /** Of the stream: grows with every entry of the platform. */
  id: string;
  type: PlatformEvent;
  atMs: number;
  /** With `score.*`. */
  scoreId?: string;
  /** With `lane.*`. */
  reason?: string;
  untilMs?: number;
}

/**
 * What has happened to scores and lanes and is to be told, one stream per platform. The scripts of the record write it in the
 * same step as what they tell of; nothing is in it that no callback wants.
 */
export class Outbox {
  readonly #redis: Redis;

  constructor({ redis }: { redis: Redis }) {
    this.#redis = redis;
  }

  /** Of the given platforms those that have something to tell. */
  async waiting(platformIds: readonly string[]): Promise<string[]> {
    const counts = await Promise.all(platformIds.map((id) => this.#redis.xlen(streamKey(id))));
    return platformIds.filter((_, i) => counts[i]! > 0);
  }

  /** The oldest entries. */
  async page(platformId: string, count: number): Promise<OutboxEntry[]> {
    const rows = await this.#redis.xrange(streamKey(platformId), '-', '+', 'COUNT', count);
    return rows.map(([id, fields]) => entryOf(id, fields));
  }

  async remove(platformId: string, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#redis.xdel(streamKey(platformId), ...ids);
  }
}

function streamKey(platformId: string): string {
  return platformKey(platformId, 'events');
}

function entryOf(id: string, flat: readonly string[]): OutboxEntry {
  const fields = Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]!]] : [])));
  const { type, at, score, reason, until } = fields;
  return {
    id,
    type: type as PlatformEvent,
    atMs: Number(at),
    ...(score !== undefined && { scoreId: score }),
    ...(reason !== undefined && { reason }),
    ...(until !== undefined && { untilMs: Number(until) }),
  };
}
