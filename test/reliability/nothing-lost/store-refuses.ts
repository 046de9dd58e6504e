import { setTimeout as delay } from 'node:timers/promises';
import { cellIdOf, columnKeyOf, userKeyOf } from '@gradewire/passback';
import { platformKey } from '@gradewire/passback/redis';
import type { BatchAccepted, ScoreAccepted } from '@gradewire/sdk';
import type { Redis } from 'ioredis';
import { impatientRetries, openClassroom, platformId } from '../../support/classroom.ts';
import { keysOf, openStore } from '../../support/store.ts';
import { type Attack, platformOf } from '../attack.ts';
import { Ledger } from '../ledger.ts';
import { type Random, seededRandom } from '../random.ts';
import { settledAll } from '../settled-all.ts';
import { newcomers } from './newcomers.ts';

/** A Redis that answers but takes no writes, and how it comes to be one again. */
interface Refusal {
  name: string;
  promise: string;
  how: string;
  begin: (redis: Redis, random: Random) => Promise<unknown>;
  end: (redis: Redis) => Promise<unknown>;
}

const refusals: Refusal[] = [
  {
    name: 'store-full',
    promise: 'Out of memory, Redis takes a score whole or not at all, and the caller is told 503',
    how: 'maxmemory set to a random bit above what is used, again and again, while single scores and batches come in',
    begin: async (redis, random) => {
      const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
      await redis.config('SET', 'maxmemory', used + random.between(0, 200_000));
    },
    end: (redis) => redis.config('SET', 'maxmemory', 0),
  },
  {
    name: 'store-read-only',
    promise: 'While Redis is a read-only replica nothing is half accepted, and the caller is told 503',
    how: 'Redis made a replica of nobody and a master again, at random moments, while single scores and batches come in',
    begin: (redis) => redis.call('REPLICAOF', '127.0.0.1', '1'),
    end: (redis) => redis.call('REPLICAOF', 'NO', 'ONE'),
  },
];

export const storeRefuses: readonly Attack[] = refusals.map(({ name, promise, how, begin, end }) => ({
  name,
  promise,
  how,
  profile: 'generic',
  async run({ long, seed, say, profile }) {
    const random = seededRandom(seed);
    const [rounds, refusedPerRound] = long ? [10, 200] : [2, 40];
    const most = 50_000;
    await using room = await openClassroom({
      simulator: { ...platformOf({ profile }), courses: [{ students: 1 }], history: 2 },
      gradewire: {
        deliveries: long ? 2 : 0,
        env: { ...impatientRetries, GRADEWIRE_REQUEST_TIMEOUT_MS: '1000' },
      },
      registration: { limits: { concurrency: 64 } },
    });
    const { gradewire, simulator, course, redis } = room;
    const { client, url, apiKey } = gradewire;
    await using store = openStore(redis.url);
    const lineItemUrl = simulator.addLineItem(course.id, { label: 'Quiz', scoreMaximum: 100 });
    const ledger = new Ledger();
    const broken: string[] = [];
    const refused: string[] = [];

    const post = async <T>(path: string, body: unknown) => {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return {
        status: response.status,
        retryAfter: response.headers.get('retry-after'),
        body: (await response.json()) as T,
      };
    };
    const newScore = newcomers(simulator, lineItemUrl);
    const told = (status: number, retryAfter: string | null) => {
      if (status !== 503) broken.push(`a score was answered ${status}`);
      else if (!/^[1-9]\d*$/.test(retryAfter ?? '')) broken.push(`503 with Retry-After ${retryAfter}`);
    };
    const sendSome = async () => {
      if (random.next() < 0.7) {
        const score = newScore();
        const { status, retryAfter, body } = await post<ScoreAccepted>('/v1/scores', score);
        if (status === 202) return ledger.note(score, lineItemUrl, body);
        told(status, retryAfter);
        refused.push(score.userId);
        return;
      }
      const scores = Array.from({ length: 20 }, newScore);
      const { status, retryAfter, body } = await post<BatchAccepted>('/v1/scores/batch', { scores });
      if (status !== 200) {
        told(status, retryAfter);
        refused.push(...scores.map(({ userId }) => userId));
        return;
      }
      for (const { index, id, status: own } of body.results) {
        if (id) ledger.note(scores[index]!, lineItemUrl, { id });
        else {
          if (own !== 503) broken.push(`a score of a batch was answered ${own}`);
          refused.push(scores[index]!.userId);
        }
      }
      // What is answered with a batch can be read as one.
      const { total } = await client.batches.get(body.batchId);
      if (total !== body.accepted) broken.push(`a batch of ${body.accepted} is read back as ${total}`);
    };

    for (let round = 0; round < rounds; round += 1) {
      const [accepted, before] = [ledger.entries.length, refused.length];
      const change = delay(random.between(20, 200)).then(() => begin(store.redis, random));
      const send = async () => {
        while (refused.length < Math.min(most, before + refusedPerRound)) await sendSome();
      };
      await Promise.all([change, send(), send(), send(), send()]);
      await end(store.redis);
      say(`${ledger.entries.length - accepted} accepted, ${refused.length - before} refused`);
      // And it works again without anything else.
      const atEnd = ledger.entries.length;
      const [deadline, { length: stillRefused }] = [performance.now() + 60_000, refused];
      while (ledger.entries.length === atEnd && performance.now() < deadline) await sendSome();
      if (ledger.entries.length === atEnd)
        broken.push(`still refused ${refused.length - stillRefused} scores later`);
    }

    if (!long) await gradewire.addDelivery();
    broken.push(...(await settledAll(client, [platformId], 120_000)));
    const unfinished = await ledger.unfinished(client);
    broken.push(...unfinished, ...ledger.wrongGrades(simulator));
    const records = await keysOf(store.redis, platformKey(platformId, 'score', ''));
    if (records.length !== ledger.entries.length) {
      broken.push(`${records.length} scores in the record, ${ledger.entries.length} accepted`);
    }
    let half = 0;
    for (const userId of refused) {
      const cell = platformKey(platformId, 'cell', cellIdOf(columnKeyOf(lineItemUrl), userKeyOf(userId)));
      if ((await store.redis.exists(cell)) === 1 || simulator.cell(lineItemUrl, userId)) half += 1;
    }
    if (half > 0) broken.push(`${half} refused scores left something behind`);
    return {
      figure: `${ledger.entries.length.toLocaleString('en')} accepted, ${refused.length.toLocaleString('en')} refused with 503 and Retry-After in ${rounds} rounds: ${unfinished.length} lost, ${half} half accepted`,
      broken,
    };
  },
}));
