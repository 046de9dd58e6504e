import { setTimeout as delay } from 'node:timers/promises';
import { createGradewire, type ScoreInput } from '@gradewire/sdk';
import { impatientRetries, openClassroom, platformId } from '../../support/classroom.ts';
import { type Attack, platformOf } from '../attack.ts';
import { Ledger } from '../ledger.ts';
import { seededRandom } from '../random.ts';
import { settledAll } from '../settled-all.ts';
import { until } from '../watch.ts';

const senders = 8;
const batchSize = 25;

/** A sender that never gives up on a score: the same key on every try. */
const patientRetry = { retries: 500, baseMs: 20, maxMs: 500 };

export const kills: Attack = {
  name: 'kills',
  profile: 'generic',
  promise: 'Nothing accepted is lost',
  how: 'ingest, two delivery processes and Redis (fsync `always`) killed with SIGKILL at random moments while scores, single and in batches, come in and go out',
  async run({ long, seed, say, profile }) {
    const random = seededRandom(seed);
    const victims = ['ingest', 'delivery', 'redis'] as const;
    const total = long ? 10_000 : 600;
    const rounds = long ? Array.from({ length: 20 }, (_, i) => victims[i % 3]!) : random.shuffle(victims);
    await using room = await openClassroom({
      simulator: {
        ...platformOf({ profile }),
        courses: [{ students: total / 5 }],
        latencyMs: 10,
        history: 2,
      },
      redis: { appendfsync: 'always' },
      gradewire: { deliveries: 2, env: { ...impatientRetries, GRADEWIRE_REQUEST_TIMEOUT_MS: '1000' } },
      registration: { limits: { concurrency: 32 } },
    });
    const { gradewire, simulator, redis, course } = room;
    const client = createGradewire({
      baseUrl: gradewire.url,
      apiKey: gradewire.apiKey,
      retry: patientRetry,
      timeoutMs: 10_000,
    });
    const lineItemUrl = simulator.addLineItem(course.id, { label: 'Quiz', scoreMaximum: 100 });
    const ledger = new Ledger();
    const broken: string[] = [];

    // Five scores for each student, in any order: a cell with several of them must end with the newest.
    const firstMs = Date.now() - total * 1_000;
    const scores = random.shuffle(
      Array.from({ length: total }, (_, i): ScoreInput => {
        const userId = course.students[i % course.students.length]!.userId;
        const timestamp = new Date(firstMs + i * 1_000).toISOString();
        return {
          platformId,
          userId,
          target: { lineItemUrl },
          scoreGiven: (i * 7) % 101,
          scoreMaximum: 100,
          timestamp,
        };
      }),
    );
    let next = 0;
    const send = async (upTo: number) => {
      while (next < upTo) {
        const inBatch = random.next() < 0.2;
        const taken = scores.slice(next, Math.min(upTo, next + (inBatch ? batchSize : 1)));
        next += taken.length;
        if (!inBatch) {
          ledger.note(taken[0]!, lineItemUrl, await client.scores.send(taken[0]!));
          continue;
        }
        const { results } = await client.batches.send(taken);
        for (const { index, id, status } of results) {
          // A part of a batch can be refused while the store goes: that part is sent again.
          const score = taken[index]!;
          if (id) ledger.note(score, lineItemUrl, { id });
          else if (status === 503) ledger.note(score, lineItemUrl, await client.scores.send(score));
          else broken.push(`a score of a batch was answered ${status}`);
        }
      }
    };
    const sendAll = (upTo: number) => Promise.all(Array.from({ length: senders }, () => send(upTo)));

    const killOne = async (victim: (typeof victims)[number], from: number, upTo: number) => {
      const at = random.between(from, upTo - 1);
      await until('not enough is accepted', 120_000, () => ledger.entries.length >= at, 5);
      const service =
        victim === 'redis'
          ? undefined
          : victim === 'ingest'
            ? gradewire.ingests[0]!
            : random.pick(gradewire.deliveries);
      say(`SIGKILL to ${service?.name ?? 'redis'} after ${ledger.entries.length} accepted`);
      await (service ?? redis).kill();
      await delay(random.between(0, 300));
      await (service ?? redis).restart();
    };

    for (const [round, victim] of rounds.entries()) {
      const from = ledger.entries.length;
      const upTo = Math.floor((total * (round + 1)) / rounds.length);
      await Promise.all([sendAll(upTo), killOne(victim, from, upTo)]);
    }
    if (ledger.entries.length !== total) broken.push(`${ledger.entries.length} of ${total} were accepted`);

    broken.push(...(await settledAll(client, [platformId], 120_000)));
    const unfinished = await ledger.unfinished(client);
    const wrong = ledger.wrongGrades(simulator);
    broken.push(...unfinished, ...wrong);
    return {
      figure: `${ledger.entries.length.toLocaleString('en')} accepted, ${rounds.length} kills: ${unfinished.length} lost, ${wrong.length} wrong grades`,
      broken,
    };
  },
};
