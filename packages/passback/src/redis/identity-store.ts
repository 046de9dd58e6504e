import type { Redis } from 'ioredis';
import { comparableIdentity, type Identity, type IdentityRow, type Person } from '../identity.ts';
import { globalKey, platformKey } from './keys.ts';
import type { Page } from './record-types.ts';
import { parseCursor } from './score-reader.ts';
import { Script } from './script.ts';
import type { SealCounts, SealedStore } from './sealed-store.ts';
import { SealBrokenError, type SecretBox } from './secret-box.ts';

/** A row as it is listed. */
export type StoredIdentity = IdentityRow & { updatedAt: string };

const SCAN_COUNT = 500;
/** So that a very long delivery keeps neither Redis nor this process from others. */
const IDENTITIES_PER_READ = 2_000;
const HASH_CONTEXT = 'identity of a student';

/** ARGV: the intake version's key, how many fields to remove, those, then field and row of each to put. */
const putScript = new Script(`
local gone = tonumber(ARGV[2])
for i = 3, 2 + gone do redis.call('HDEL', KEYS[1], ARGV[i]) end
for i = 3 + gone, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('INCR', ARGV[1])
`);

/** ARGV: the intake version's key, fields. */
const deleteScript = new Script(`
local gone = 0
for i = 2, #ARGV do gone = gone + redis.call('HDEL', KEYS[1], ARGV[i]) end
if gone > 0 then redis.call('INCR', ARGV[1]) end
return gone
`);

/** ARGV: the field and row that are to be there, those to put in their place. */
const resealScript = new Script(`
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
-- One that was put meanwhile is the newer.
redis.call('HSETNX', KEYS[1], ARGV[3], ARGV[4])
return 1
`);

/**
 * Who senders' students are on each platform: one hash per platform, whose fields are keyed hashes of identities and whose
 * values are sealed rows, so that it tells nobody's name. A change and the new intake version are one step: whoever read the
 * version before looks again, whoever reads it after sees the rows.
 */
export class IdentityStore implements SealedStore {
  readonly #redis: Redis;
  readonly #box: SecretBox;
  readonly #now: () => number;

  constructor(options: { redis: Redis; box: SecretBox; now?: () => number }) {
    this.#redis = options.redis;
    this.#box = options.box;
    this.#now = options.now ?? Date.now;
  }

  /** Creates or replaces rows, all or none. */
  async put(platformId: string, rows: readonly IdentityRow[]): Promise<void> {
    const updatedAt = new Date(this.#now()).toISOString();
    const hashed = rows.map((row) => ({ row, fields: this.#fields(platformId, row.identity) }));
    const former = hashed.flatMap(({ fields: [, ...others] }) => others);
    const fresh = hashed.flatMap(({ row, fields: [field] }) => [
      field!,
      this.#seal(platformId, field!, { ...row, updatedAt }),
    ]);
    const args = [versionKey(platformId), former.length, ...former, ...fresh];
    await putScript.run(this.#redis, tableKey(platformId), args);
  }

  /**
   * Who each of these is, by `comparableIdentity`; those in no row are left out. One round trip for up to 2,000. While the
   * encryption key is changed there can be two rows of one: the newer counts.
   */
  async find(platformId: string, identities: readonly Identity[]): Promise<Map<string, Person>> {
    const wanted = [...new Map(identities.map((identity) => [comparableIdentity(identity), identity]))];
    const found = new Map<string, StoredIdentity>();
    for (let i = 0; i < wanted.length; i += IDENTITIES_PER_READ) {
      const fields = wanted
        .slice(i, i + IDENTITIES_PER_READ)
        .flatMap(([name, identity]) => this.#fields(platformId, identity).map((field) => ({ name, field })));
      const rows = await this.#redis.hmget(tableKey(platformId), ...fields.map(({ field }) => field));
      for (const [j, sealed] of rows.entries()) {
        const { name, field } = fields[j]!;
        const row = sealed === null ? undefined : this.#open(platformId, field, sealed);
        if (row && row.updatedAt >= (found.get(name)?.updatedAt ?? '')) found.set(name, row);
      }
    }
    return found;
  }

  /** All rows, in no order that means anything. Those that no key opens are passed over. */
  async list(platformId: string, page: { cursor?: string; limit: number }): Promise<Page<StoredIdentity>> {
    const after = page.cursor === undefined ? '' : (parseCursor(page.cursor)?.id ?? '');
    const fields = (await this.#redis.hkeys(tableKey(platformId))).filter((field) => field > after).sort();
    const shown = fields.slice(0, page.limit);
    const rows = shown.length === 0 ? [] : await this.#redis.hmget(tableKey(platformId), ...shown);
    const data = rows.map((sealed, i) => (sealed ? this.#open(platformId, shown[i]!, sealed) : undefined));
    return {
      data: data.filter((row) => row !== undefined),
      ...(fields.length > shown.length && {
        nextCursor: Buffer.from(`0 ${shown.at(-1)}`).toString('base64url'),
      }),
    };
  }

  /** @returns whether there was such a row */
  async delete(platformId: string, identity: Identity): Promise<boolean> {
    const args = [versionKey(platformId), ...this.#fields(platformId, identity)];
    return Number(await deleteScript.run(this.#redis, tableKey(platformId), args)) > 0;
  }

  /** Forgets everybody, together with the platform. */
  async clear(platformId: string): Promise<void> {
    await this.#redis.del(tableKey(platformId));
  }

  async sealCounts(): Promise<SealCounts> {
    const counts: SealCounts = { current: 0, previous: 0, unknown: 0 };
    for await (const { platformId, field, sealed } of this.#rows()) {
      counts[this.#box.sealedBy(sealed, contextOf(platformId, field))] += 1;
    }
    return counts;
  }

  /** The fields are hashes by the key, so that they change with it. */
  async reseal(): Promise<number> {
    let count = 0;
    for await (const { platformId, field, sealed } of this.#rows()) {
      if (this.#box.sealedBy(sealed, contextOf(platformId, field)) !== 'previous') continue;
      const row = this.#open(platformId, field, sealed)!;
      const [fresh] = this.#fields(platformId, row.identity);
      const args = [field, sealed, fresh!, this.#seal(platformId, fresh!, row)];
      count += Number(await resealScript.run(this.#redis, tableKey(platformId), args));
    }
    return count;
  }

  /** Each row of each platform; one may come twice. */
  async *#rows(): AsyncGenerator<{ platformId: string; field: string; sealed: string }, void> {
    for (const platformId of await this.#redis.zrange(globalKey('platforms'), '0', '-1')) {
      let cursor = '0';
      do {
        const [next, flat] = await this.#redis.hscan(tableKey(platformId), cursor, 'COUNT', SCAN_COUNT);
        for (let i = 0; i < flat.length; i += 2) yield { platformId, field: flat[i]!, sealed: flat[i + 1]! };
        cursor = next;
      } while (cursor !== '0');
    }
  }

  /** By the current key, then by the previous one. */
  #fields(platformId: string, identity: Identity): string[] {
    return this.#box.hashes(`${platformId} ${comparableIdentity(identity)}`, HASH_CONTEXT);
  }

  #seal(platformId: string, field: string, row: StoredIdentity): string {
    return this.#box.seal(JSON.stringify(row), contextOf(platformId, field));
  }

  #open(platformId: string, field: string, sealed: string): StoredIdentity | undefined {
    try {
      return JSON.parse(this.#box.open(sealed, contextOf(platformId, field))) as StoredIdentity;
    } catch (error) {
      if (error instanceof SealBrokenError) return undefined;
      throw error;
    }
  }
}

function tableKey(platformId: string): string {
  return platformKey(platformId, 'identities');
}

/** Counts what changes how deliveries are read and matched. */
function versionKey(platformId: string): string {
  return platformKey(platformId, 'intake-version');
}

function contextOf(platformId: string, field: string): string {
  return `identity ${platformId} ${field}`;
}
