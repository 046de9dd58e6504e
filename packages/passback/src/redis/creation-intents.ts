import type { Redis } from 'ioredis';
import { shortHash } from '../cell.ts';
import { chooseLineItem, type LineItemKey } from '../line-item-choice.ts';
import { platformKey } from './keys.ts';
import { Script } from './script.ts';

/** A creation that was begun. A list that was begun at or after `clearAtMs` shows what came of it. */
export interface Intent {
  alias: string;
  item: LineItemKey;
  clearAtMs: number;
  /** No look before this: the last one showed nothing yet. */
  lookAtMs?: number;
  /** What came of it is not known. */
  inDoubt: boolean;
}

/** The intents of one list of line items at an instant; `version` changes with each of them. */
export interface Intents {
  nowMs: number;
  version: string;
  all: Intent[];
}

const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function text(number) return string.format('%.0f', number) end
`;

const readScript = new Script(`${clock}
return {text(now), redis.call('HGETALL', KEYS[1])}
`);

/** ARGV: version, alias, item (JSON), in doubt for ms, kept ms. Returns 1, or 0 when the version is another. */
const declareScript = new Script(`${clock}
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[1] then return 0 end
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local clearAt = string.match(fields[i + 1], '"clearAtMs":(%d+)')
  if clearAt and tonumber(clearAt) + ARGV[5] < now then redis.call('HDEL', KEYS[1], fields[i]) end
end
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('HSET', KEYS[1], ARGV[2],
  '{"alias":"' .. ARGV[2] .. '","item":' .. ARGV[3] .. ',"clearAtMs":' .. text(now + ARGV[4]) .. ',"inDoubt":true}')
redis.call('PEXPIRE', KEYS[1], ARGV[4] + 2 * ARGV[5])
return 1
`);

/** ARGV: alias. What came of it is known now: shown by any list from here on. */
const clearScript = new Script(`${clock}
local json = redis.call('HGET', KEYS[1], ARGV[1])
if not json then return 0 end
json = string.gsub(json, '"clearAtMs":%d+', '"clearAtMs":' .. text(now))
json = string.gsub(json, '"inDoubt":true', '"inDoubt":' .. ARGV[2])
redis.call('HINCRBY', KEYS[1], 'version', 1)
return redis.call('HSET', KEYS[1], ARGV[1], json)
`);

/** ARGV: alias, ms from now. */
const postponeScript = new Script(`${clock}
local json = redis.call('HGET', KEYS[1], ARGV[1])
if not json then return 0 end
json = string.gsub(json, ',"lookAtMs":%d+', '')
return redis.call('HSET', KEYS[1], ARGV[1], string.sub(json, 1, -2) .. ',"lookAtMs":' .. text(now + ARGV[2]) .. '}')
`);

/** How long a finished creation is told to those whose list was begun before it: longer than any list takes. */
const KEPT_MS = 10 * 60_000;

/**
 * Creations under way in one list of line items, written before each POST. Who would make a column that one of them may
 * have made already has to list again first, or wait until the platform can no longer be working on it.
 */
export class CreationIntents {
  readonly #redis: Redis;
  readonly #key: string;

  constructor(options: { redis: Redis; platformId: string; lineItemsUrl: string }) {
    this.#redis = options.redis;
    this.#key = platformKey(options.platformId, 'line-item-intents', shortHash(options.lineItemsUrl));
  }

  async read(): Promise<Intents> {
    const [now, flat] = (await readScript.run(this.#redis, this.#key, [])) as [string, string[]];
    const fields = new Map(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]!] as const] : [])));
    const version = fields.get('version') ?? '0';
    fields.delete('version');
    return {
      nowMs: Number(now),
      version,
      all: [...fields.values()].map((json) => JSON.parse(json) as Intent),
    };
  }

  /** Writes an intent. False when others changed since `version` was read: what they intend has to be looked at first. */
  async declare(version: string, alias: string, item: LineItemKey, inDoubtForMs: number): Promise<boolean> {
    const args = [version, alias, JSON.stringify(item), inDoubtForMs, KEPT_MS];
    return (await declareScript.run(this.#redis, this.#key, args)) === 1;
  }

  /** The platform has ended its work. `answered`: it said what came of it; else only a list can tell. */
  async clear(alias: string, answered: boolean): Promise<void> {
    await clearScript.run(this.#redis, this.#key, [alias, answered ? 'false' : 'true']);
  }

  /** Nothing was created. */
  async withdraw(alias: string): Promise<void> {
    await this.#redis.hdel(this.#key, alias);
  }

  /** A look showed nothing yet: the next one is due then. */
  async postpone(alias: string, lookInMs: number): Promise<void> {
    await postponeScript.run(this.#redis, this.#key, [alias, lookInMs]);
  }
}

/** The intents whose line item would be the one that `target` means. */
export function concerning(intents: readonly Intent[], target: LineItemKey): Intent[] {
  return intents.filter(({ item }) => {
    const made = { id: 'https://intent.invalid/', label: '', scoreMaximum: 1, ...item };
    return chooseLineItem([made], target).kind === 'one';
  });
}
