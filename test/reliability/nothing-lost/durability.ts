import { startTestRedis } from '@gradewire/local-redis/testing';
import type { Simulator } from '@gradewire/platform-simulator';
import { createGradewire, type Gradewire } from '@gradewire/sdk';
import { platformId } from '../../support/classroom.ts';
import { startGradewire } from '../../support/gradewire.ts';
import { openSimulator } from '../../support/open-simulator.ts';
import { openStore } from '../../support/store.ts';
import type { Attack } from '../attack.ts';
import { seededRandom } from '../random.ts';
import { until } from '../watch.ts';

/** What Redis is told, and what Gradewire must show for it. */
const modes = {
  always: { appendfsync: 'always', config: {} },
  everysec: { appendfsync: 'everysec', config: {} },
  none: { appendfsync: 'no', config: { appendonly: 'no' } },
} as const;
type Mode = keyof typeof modes;

/** Settings under which no score may be accepted. */
const refused = [
  ['maxmemory-policy', 'allkeys-lru', 'noeviction'],
  ['no-appendfsync-on-rewrite', 'yes', 'no'],
] as const;

export const durability: Attack = {
  name: 'durability',
  promise: 'How durable a 202 is can be seen, and is what Redis was told',
  how: '/readyz and the metric read under fsync `always`, `everysec` and without a log; Redis killed with SIGKILL amid accepts; eviction and fsync pauses switched on under way',
  async run({ long, seed, say }) {
    const broken: string[] = [];
    await using simulator = await openSimulator({ profile: 'generic' });
    const lineItemUrl = simulator.addLineItem(simulator.courses[0]!.id, { label: 'Quiz', scoreMaximum: 100 });
    const lost = {} as Record<Mode, string>;
    const attackOne = async (mode: Mode) => {
      const random = seededRandom(seed + mode.length);
      await using redis = await startTestRedis(modes[mode]);
      await using gradewire = await startGradewire({ redisUrl: redis.url, deliveries: 0 });
      const { client, url, apiKey } = gradewire;
      await client.platforms.put(platformId, simulator.registration as never);
      const shown = await readiness(url);
      if (shown.durability !== mode) broken.push(`${mode}: /readyz says ${shown.durability}`);
      const metric = /^gradewire_redis_durability\{.*$/m.exec(await gradewire.metrics('ingest'))?.[0];
      if (metric !== `gradewire_redis_durability{mode="${mode}"} 1`)
        broken.push(`${mode}: the metric says ${metric}`);

      const impatient = createGradewire({ baseUrl: url, apiKey, retry: { retries: 0 } });
      const accepted: string[] = [];
      for (let round = 0; round < (long ? 5 : 1); round += 1) {
        await acceptUntilKilled(impatient, simulator, lineItemUrl, accepted, async () => {
          const enough = accepted.length + random.between(50, long ? 1_000 : 150);
          await until(`${mode}: too few accepted`, 120_000, () => accepted.length >= enough, 1);
          await redis.kill();
        });
        await redis.restart();
        await until(`${mode}: not ready again`, 60_000, async () => (await fetch(`${url}/readyz`)).ok, 20);
        // Without a log the platform is gone as well.
        if (mode === 'none') await client.platforms.put(platformId, simulator.registration as never);
      }
      const kept = await Promise.all(
        accepted.map((id) =>
          client.scores.get(id).then(
            () => true,
            (error) => error.status !== 404,
          ),
        ),
      );
      const missing = kept.filter((is) => !is).length;
      lost[mode] = `${mode} ${missing} of ${accepted.length}`;
      say(`SIGKILL to redis: ${lost[mode]} lost`);
      if (mode === 'always' && missing > 0) broken.push(`always: ${missing} accepted scores are lost`);
      if (mode === 'always')
        broken.push(...(await unsafeSettings(redis.url, url, impatient, simulator, lineItemUrl)));
    };
    await Promise.all((Object.keys(modes) as Mode[]).map(attackOne));
    const figure = `lost to kill -9 of Redis: ${Object.keys(modes)
      .map((mode) => lost[mode as Mode])
      .join(', ')}; refused with 503: ${refused.map(([name, value]) => `${name} ${value}`).join(', ')}`;
    return { figure, broken };
  },
};

/** Sends scores over a few connections until the first failure of each; notes what was answered 202. */
async function acceptUntilKilled(
  client: Gradewire,
  simulator: Simulator,
  lineItemUrl: string,
  accepted: string[],
  kill: () => Promise<void>,
): Promise<void> {
  const send = async () => {
    for (let failed = false; !failed; ) {
      const sending = client.scores.send(scoreFor(simulator, lineItemUrl, accepted.length));
      await sending.then(
        ({ id }) => accepted.push(id),
        () => {
          failed = true;
        },
      );
    }
  };
  await Promise.all([kill(), ...Array.from({ length: 4 }, send)]);
}

function scoreFor(simulator: Simulator, lineItemUrl: string, number: number) {
  const { students } = simulator.courses[0]!;
  const { userId } = students[number % students.length]!;
  return { platformId, userId, target: { lineItemUrl }, scoreGiven: number % 101, scoreMaximum: 100 };
}

/** Switches each unsafe setting on and off again, and looks that scores are refused meanwhile. */
async function unsafeSettings(
  redisUrl: string,
  url: string,
  client: Gradewire,
  simulator: Simulator,
  lineItemUrl: string,
): Promise<string[]> {
  const broken: string[] = [];
  await using store = openStore(redisUrl);
  // Both at once in time, one at a time in force would take twice the few seconds that a look at the settings is good for.
  for (const [name, unsafe] of refused) await store.redis.config('SET', name, unsafe);
  const refuses = async () => (await fetch(`${url}/readyz`)).status === 503;
  await until('the settings are not noticed', 60_000, refuses);
  const { reasons } = await readiness(url);
  for (const [name] of refused) {
    if (!reasons.some((reason) => reason.includes(name))) broken.push(`/readyz does not name ${name}`);
  }
  const error = await client.scores.send(scoreFor(simulator, lineItemUrl, 0)).then(
    () => undefined,
    (reason) => reason,
  );
  if (error?.status !== 503 || error.code !== 'NOT_DURABLE' || !(error.retryAfterMs > 0)) {
    broken.push(`with unsafe settings a score was answered ${error?.status ?? 202} ${error?.code ?? ''}`);
  }
  for (const [name, , safe] of refused) await store.redis.config('SET', name, safe);
  return broken;
}

async function readiness(url: string): Promise<{ durability: string; reasons: string[] }> {
  const response = await fetch(`${url}/readyz`);
  return (await response.json()) as { durability: string; reasons: string[] };
}
