import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Redis } from 'ioredis';
import { globalKey } from './keys.ts';

/** Each role includes the ones before it. */
export type ApiKeyRole = 'submit' | 'operate' | 'admin';

export interface ApiKey {
  id: string;
  name: string;
  role: ApiKeyRole;
  /** Absent: all platforms. */
  platformIds?: string[];
  createdAt: string;
}

const CACHE_LIFE_MS = 5_000;
const CACHE_SIZE = 1_000;
const FORM = /^gw_([0-9a-f]{16})_[\w-]{43}$/;

/** API keys. Only a hash of each is stored; they hold 256 random bits, so that a plain SHA-256 does. */
export class ApiKeyStore {
  readonly #redis: Redis;
  readonly #now: () => number;
  readonly #cacheLifeMs: number;
  readonly #cache = new Map<string, { apiKey: ApiKey; untilMs: number }>();

  constructor(options: { redis: Redis; now?: () => number; cacheLifeMs?: number }) {
    this.#redis = options.redis;
    this.#now = options.now ?? Date.now;
    this.#cacheLifeMs = options.cacheLifeMs ?? CACHE_LIFE_MS;
  }

  /** Makes a key. The text of it is returned this once and cannot be had again. */
  async create(input: {
    name: string;
    role: ApiKeyRole;
    platformIds?: string[];
  }): Promise<{ id: string; key: string }> {
    const id = randomBytes(8).toString('hex');
    const key = `gw_${id}_${randomBytes(32).toString('base64url')}`;
    const { name, role, platformIds } = input;
    const stored = {
      name,
      role,
      platformIds,
      createdAt: new Date(this.#now()).toISOString(),
      hash: hashOf(key),
    };
    await this.#redis.hset(globalKey('api-keys'), id, JSON.stringify(stored));
    return { id, key };
  }

  /** Whose key this is. A deleted key may still be good for a few seconds in a process that has just seen it. */
  async verify(key: string): Promise<ApiKey | undefined> {
    const id = FORM.exec(key)?.[1];
    if (id === undefined) return undefined;
    const hash = hashOf(key);
    const known = this.#cache.get(hash);
    if (known && this.#now() < known.untilMs) return known.apiKey;
    this.#cache.delete(hash);
    const json = await this.#redis.hget(globalKey('api-keys'), id);
    if (json === null) return undefined;
    const stored = JSON.parse(json) as { hash: string };
    if (!timingSafeEqual(Buffer.from(stored.hash), Buffer.from(hash))) return undefined;
    const apiKey = apiKeyOf(id, json);
    if (this.#cache.size >= CACHE_SIZE) this.#cache.clear();
    this.#cache.set(hash, { apiKey, untilMs: this.#now() + this.#cacheLifeMs });
    return apiKey;
  }

  /** All keys, oldest first. */
  async list(): Promise<ApiKey[]> {
    const stored = await this.#redis.hgetall(globalKey('api-keys'));
    return Object.entries(stored)
      .map(([id, json]) => apiKeyOf(id, json))
      .sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id));
  }

  async delete(id: string): Promise<'deleted' | 'notFound'> {
    this.#cache.clear();
    return (await this.#redis.hdel(globalKey('api-keys'), id)) === 1 ? 'deleted' : 'notFound';
  }
}

function apiKeyOf(id: string, json: string): ApiKey {
  const { hash: _, ...apiKey } = JSON.parse(json) as Omit<ApiKey, 'id'> & { hash: string };
  return { id, ...apiKey };
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
