import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { WebhookSource, WebhookSourceWithSecrets } from '../webhook-source.ts';
import { globalKey } from './keys.ts';
import type { Page } from './record-types.ts';
import { Script } from './script.ts';
import type { SealCounts, SealedStore } from './sealed-store.ts';
import { SealBrokenError, type SecretBox } from './secret-box.ts';

/** A source as it lies in Redis: its secrets sealed, as one JSON list. */
type StoredSource = Omit<WebhookSource, 'id'> & { sealed: string };

/** What a source is to be; its id and how many secrets it has are told anyway. */
export type WebhookSourceChange = Omit<WebhookSourceWithSecrets, 'id' | 'secretCount'>;

/** Opened in place of a source that there is not. No id has a blank in it. */
const NOBODY: WebhookSource = {
  id: 'no source',
  platformId: 'nowhere',
  scheme: 'github',
  secretCount: 1,
  adapter: 'gradewire',
  target: { launchId: 'none' },
  defaults: { scoreMaximum: 100 },
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};

/** ARGV: id, the JSON that is to be there or '', the JSON to put there. */
const changeScript = new Script(`
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
`);

/** The registered senders of webhooks. A change applies to what was read or not at all. */
export class WebhookSourceStore implements SealedStore {
  readonly #redis: Redis;
  readonly #box: SecretBox;
  readonly #key = globalKey('webhook-sources');
  readonly #nobody: string;

  constructor(options: { redis: Redis; box: SecretBox }) {
    this.#redis = options.redis;
    this.#box = options.box;
    this.#nobody = JSON.stringify({ ...NOBODY, sealed: this.#seal(NOBODY.id, [randomUUID()]) });
  }

  /**
   * With its secrets; with none when they do not open: the encryption key was changed. It takes as long where there is no such
   * source, so that who is refused cannot tell.
   */
  async get(id: string): Promise<WebhookSourceWithSecrets | undefined> {
    const json = await this.#redis.hget(this.#key, id);
    const source = this.#withSecrets(json === null ? NOBODY.id : id, json ?? this.#nobody);
    return json === null ? undefined : source;
  }

  /**
   * Puts what `make` makes of the source that is there. Calls it again when somebody else was faster; what it throws is thrown,
   * and nothing is put.
   */
  async put(
    id: string,
    make: (former: WebhookSourceWithSecrets | undefined) => WebhookSourceChange,
  ): Promise<{ source: WebhookSource; created: boolean }> {
    for (;;) {
      const json = await this.#redis.hget(this.#key, id);
      const { secrets, ...change } = make(json === null ? undefined : this.#withSecrets(id, json));
      const source = { ...change, secretCount: secrets.length };
      const stored: StoredSource = { ...source, sealed: this.#seal(id, secrets) };
      const put = await changeScript.run(this.#redis, this.#key, [id, json ?? '', JSON.stringify(stored)]);
      if (put === 1) return { source: { id, ...source }, created: json === null };
    }
  }

  /** By id, without secrets, of those that are wanted. */
  async list(query: {
    cursor?: string;
    limit: number;
    isWanted?: (source: WebhookSource) => boolean;
  }): Promise<Page<WebhookSource>> {
    const { cursor = '', limit, isWanted = () => true } = query;
    const ids = (await this.#redis.hkeys(this.#key)).filter((id) => id > cursor).sort();
    const data: WebhookSource[] = [];
    for (let i = 0; i < ids.length; i += limit) {
      const some = ids.slice(i, i + limit);
      const stored = await this.#redis.hmget(this.#key, ...some);
      for (const source of some.flatMap((id, j) => (stored[j] ? [sourceOf(id, stored[j])] : []))) {
        if (!isWanted(source)) continue;
        if (data.length === limit) return { data, nextCursor: data.at(-1)!.id };
        data.push(source);
      }
    }
    return { data };
  }

  async delete(id: string): Promise<'deleted' | 'notFound'> {
    return (await this.#redis.hdel(this.#key, id)) === 1 ? 'deleted' : 'notFound';
  }

  async sealCounts(): Promise<SealCounts> {
    const counts: SealCounts = { current: 0, previous: 0, unknown: 0 };
    for (const [id, json] of Object.entries(await this.#redis.hgetall(this.#key))) {
      counts[this.#box.sealedBy((JSON.parse(json) as StoredSource).sealed, sealContext(id))] += 1;
    }
    return counts;
  }

  async reseal(): Promise<number> {
    let count = 0;
    for (const id of await this.#redis.hkeys(this.#key)) if (await this.#resealOne(id)) count += 1;
    return count;
  }

  async #resealOne(id: string): Promise<boolean> {
    for (;;) {
      const json = await this.#redis.hget(this.#key, id);
      if (json === null) return false;
      const stored = JSON.parse(json) as StoredSource;
      if (this.#box.sealedBy(stored.sealed, sealContext(id)) !== 'previous') return false;
      const sealed = this.#seal(id, this.#open(id, stored.sealed));
      const args = [id, json, JSON.stringify({ ...stored, sealed })];
      if ((await changeScript.run(this.#redis, this.#key, args)) === 1) return true;
    }
  }

  #withSecrets(id: string, json: string): WebhookSourceWithSecrets {
    const { sealed, ...source } = JSON.parse(json) as StoredSource;
    return { id, ...source, secrets: this.#open(id, sealed) };
  }

  #seal(id: string, secrets: readonly string[]): string {
    return this.#box.seal(JSON.stringify(secrets), sealContext(id));
  }

  #open(id: string, sealed: string): string[] {
    try {
      return JSON.parse(this.#box.open(sealed, sealContext(id))) as string[];
    } catch (error) {
      if (error instanceof SealBrokenError) return [];
      throw error;
    }
  }
}

function sourceOf(id: string, json: string): WebhookSource {
  const { sealed: _, ...source } = JSON.parse(json) as StoredSource;
  return { id, ...source };
}

function sealContext(id: string): string {
  return `webhook source ${id}`;
}
