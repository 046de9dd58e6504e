import { laneQueueName } from '@gradewire/passback/bullmq';
import { platformKey } from '@gradewire/passback/redis';
import { impatientRetries } from '../../support/classroom.ts';
import { openSchools, registerSchool, type School, schoolScore } from '../../support/schools.ts';
import { keysOf, openStore } from '../../support/store.ts';
import type { Attack } from '../attack.ts';
import { Ledger } from '../ledger.ts';
import { type Random, seededRandom } from '../random.ts';
import { settledAll } from '../settled-all.ts';
import { until } from '../watch.ts';

/** Which of a queue's keys are lost. A job is `PREFIX:NUMBER`, a deduplication key `PREFIX:de:CELL`. */
const losses: Record<string, (suffix: string, random: Random) => boolean> = {
  everything: () => true,
  'wait-list': (suffix) => suffix === 'wait' || suffix === 'paused' || suffix === 'marker',
  jobs: (suffix) => /^\d+$/.test(suffix),
  backoffs: (suffix) => suffix === 'delayed',
  deduplication: (suffix) => suffix.startsWith('de:'),
  'active-list': (suffix) => suffix === 'active' || suffix === 'stalled' || suffix.endsWith(':lock'),
  'any-half': (_suffix, random) => random.next() < 0.5,
};

export const queueLost: Attack = {
  name: 'queue-lost',
  profile: 'generic',
  promise: 'A lost queue is filled again from the cells',
  how: "in mid-run the queue's keys are deleted: all of them; only the wait list, the jobs, the backoffs, the deduplication keys or the list of active jobs; any half",
  async run({ long, seed, say, profile }) {
    const random = seededRandom(seed);
    const kinds = Object.keys(losses);
    const students = long ? 1_000 : 40;
    const times = long ? 3 : 1;
    await using schools = await openSchools({
      profile,
      courses: kinds.map((id) => ({ id, students })),
      gradewire: { deliveries: 2, env: { ...impatientRetries, GRADEWIRE_REQUEST_TIMEOUT_MS: '1000' } },
    });
    const { gradewire, simulator, redis } = schools;
    const { client } = gradewire;
    simulator.setLatency(100);
    // One in ten fails at first, so that there are backoffs to lose.
    simulator.addFault({
      match: { endpoint: 'scores' },
      probability: 0.1,
      count: students,
      action: { kind: 'status', status: 500 },
    });
    await using store = openStore(redis.url);
    const ledger = new Ledger();
    const broken: string[] = [];

    const attackOne = async (kind: string) => {
      const school = await registerSchool(schools, kind, { concurrency: long ? 32 : 8 });
      await accept(school);
      for (let time = 1; time <= times; time += 1) {
        // Somewhere between a tenth and nine tenths of the way.
        const left = students * (1 - (time - 1 + 0.2 + 0.6 * random.next()) / times);
        await until(`${kind} does not get on`, 120_000, async () => (await undelivered(school)) <= left, 5);
        const lost = await lose(school, kind);
        say(`${kind}: ${lost} keys deleted with ${Math.round(left)} cells left`);
        if (lost === 0 && kind === 'everything') broken.push(`${kind}: there was nothing to lose`);
      }
    };
    const accept = async (school: School) => {
      const scores = Array.from({ length: students }, (_, i) => schoolScore(school, i, i % 101));
      await ledger.handIn(client, scores, school.lineItemUrl);
    };
    const undelivered = ({ platformId }: School) => store.redis.zcard(platformKey(platformId, 'undelivered'));
    const lose = async ({ platformId }: School, kind: string) => {
      const prefix = `${platformKey(platformId, laneQueueName(platformId))}:`;
      const keys = (await keysOf(store.redis, prefix)).filter((key) =>
        losses[kind]!(key.slice(prefix.length), random),
      );
      if (keys.length > 0) await store.redis.unlink(...keys);
      return keys.length;
    };

    const platformIds = kinds.map((kind) => `school-${kind}`);
    // The short form has no time for 15 s between two sweeps: each look at a lane may sweep.
    const leases = platformIds.map((platformId) => platformKey(platformId, 'sweep-lease'));
    const hurry = long ? undefined : setInterval(() => void store.redis.del(...leases), 500);
    try {
      await Promise.all(kinds.map(attackOne));
      broken.push(...(await settledAll(client, platformIds, 120_000)));
    } finally {
      clearInterval(hurry);
    }
    const unfinished = await ledger.unfinished(client);
    const wrong = ledger.wrongGrades(simulator);
    broken.push(...unfinished, ...wrong);
    if (ledger.entries.length !== students * kinds.length) broken.push('not every score was accepted');
    return {
      figure: `${ledger.entries.length.toLocaleString('en')} accepted, ${kinds.length * times} losses of ${kinds.length} kinds: ${unfinished.length} lost, ${wrong.length} wrong grades`,
      broken,
    };
  },
};
