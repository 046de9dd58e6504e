import type { Redis } from 'ioredis';
import { type Callback, PLATFORM_EVENTS, wantsEvent } from '../callback.ts';
import { callbackKey } from './callback-keys.ts';
import { globalKey, platformKey } from './keys.ts';
import { Script } from './script.ts';

/** KEYS: the registry. ARGV: its version's key. Returns the version, then the JSON of each callback. */
const readScript = new Script(`
local rows = redis.call('HVALS', KEYS[1])
table.insert(rows, 1, redis.call('GET', ARGV[1]) or '0')
return rows
`);

/**
 * Unless somebody has written what a later registry wants. What nobody wants any more goes with the wish. The stream itself
 * stays, since its ids must go on growing. ARGV: version, events, the stream.
 */
const wantScript = new Script(`
local known = redis.call('GET', KEYS[1])
if known and tonumber(string.match(known, '^%d+')) > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2])
if ARGV[2] == '' then redis.call('XTRIM', ARGV[3], 'MAXLEN', 0) end
return 1
`);

const platformsAtOnce = 200;

/**
 * Writes beside each platform which of its events some callback wants, so that the scripts there need not ask further: of the
 * given platforms, or of all. Whoever registers a callback or a platform does so before telling that it is done.
 */
export async function alignEventsWanted(redis: Redis, platformIds?: readonly string[]): Promise<void> {
  const versionKey = callbackKey('version');
  const [version = '0', ...rows] = (await readScript.run(redis, callbackKey('registry'), [
    versionKey,
  ])) as string[];
  // Nobody has ever wanted anything.
  if (version === '0') return;
  const callbacks = rows.map((json) => JSON.parse(json) as Callback);
  const ids = platformIds ?? (await redis.zrange(globalKey('platforms'), '0', '-1'));
  for (let i = 0; i < ids.length; i += platformsAtOnce) {
    await Promise.all(
      ids.slice(i, i + platformsAtOnce).map(async (id) => {
        const wanted = PLATFORM_EVENTS.filter((event) =>
          callbacks.some((callback) => wantsEvent(callback, event, [id])),
        );
        const args = [version, wanted.join(' '), platformKey(id, 'events')];
        await wantScript.run(redis, platformKey(id, 'events-wanted'), args);
      }),
    );
  }
  if (!platformIds) await redis.set(callbackKey('aligned'), `${version} ${ids.length}`);
}

/** False when callbacks or platforms have changed since all platforms were told: whoever did it may not have lived to tell. */
export async function isAligned(redis: Redis): Promise<boolean> {
  const [[version, aligned], platforms] = await Promise.all([
    redis.mget(callbackKey('version'), callbackKey('aligned')),
    redis.zcard(globalKey('platforms')),
  ]);
  return version === null || `${version} ${platforms}` === aligned;
}
