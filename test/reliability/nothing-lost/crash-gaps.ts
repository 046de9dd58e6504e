import { randomUUID } from 'node:crypto';
import { startTestRedis } from '@gradewire/local-redis/testing';
import { createGradewire, type ScoreInput } from '@gradewire/sdk';
import { impatientRetries, platformId } from '../../support/classroom.ts';
import { startGradewire } from '../../support/gradewire.ts';
import { openSimulator } from '../../support/open-simulator.ts';
import { type Attack, platformOf } from '../attack.ts';
import { Ledger } from '../ledger.ts';
import { settledAll } from '../settled-all.ts';
import { type Command, startRedisTap } from './redis-tap.ts';

/** The writes that one score makes on its way in, in their order; the last two go out together. */
const steps: { name: string; isIt: (command: Command, marker: string) => boolean; accepts?: true }[] = [
  { name: 'claiming the Idempotency-Key', isIt: isScript((key) => key.startsWith('gw:request:')) },
  { name: 'marking the platform active', isIt: isScript((key) => key === 'gw:active') },
  {
    name: 'accepting the score',
    isIt: (command, marker) =>
      isScript((key) => key.endsWith(':platform'))(command) && carries(command, marker),
    accepts: true,
  },
  { name: 'queueing the cell', isIt: isScript((key) => key.includes(':lane-')) },
  { name: 'waking the workers', isIt: ([verb]) => verb?.toLowerCase() === 'publish' },
];
const queueing = steps.findIndex(({ name }) => name === 'queueing the cell');

export const crashGaps: Attack = {
  name: 'crash-gaps',
  profile: 'generic',
  promise: 'An ingest that dies while it takes a score in leaves it whole or not at all',
  how: 'SIGKILL right before Redis gets, or right after it carried out, each write of a score on its way in: claim, active platforms, accept, queue, wake',
  async run({ long, say, profile }) {
    const moments = steps.flatMap((step, index) =>
      (['before', 'after'] as const).map((when) => ({ step, when, index })),
    );
    // Between two writes it is the same gap from either side; the short form looks into each gap once.
    const cuts = long ? moments : moments.filter(({ when, index }) => when === 'after' && index > 0);
    await using redis = await startTestRedis({ appendfsync: 'always' });
    await using tap = await startRedisTap(redis.port);
    await using simulator = await openSimulator({
      ...platformOf({ profile }),
      courses: [{ students: cuts.length }],
    });
    const env = { ...impatientRetries, GRADEWIRE_REQUEST_TIMEOUT_MS: '1000' };
    await using gradewire = await startGradewire({ redisUrl: tap.url, deliveries: long ? 1 : 0, env });
    const { client, url, apiKey } = gradewire;
    const ingest = gradewire.ingests[0]!;
    simulator.setTool({ jwksUrl: `${url}/.well-known/jwks.json` });
    await client.platforms.put(platformId, simulator.registration as never);
    const course = simulator.courses[0]!;
    const lineItemUrl = simulator.addLineItem(course.id, { label: 'Quiz', scoreMaximum: 100 });
    const impatient = createGradewire({ baseUrl: url, apiKey, retry: { retries: 0 } });
    const ledger = new Ledger();
    const broken: string[] = [];
    const sent: { score: ScoreInput; idempotencyKey: string; acceptedId?: string }[] = [];

    for (const [i, { step, when, index }] of cuts.entries()) {
      const gap = `SIGKILL ${when} ${step.name}`;
      say(gap);
      const { userId } = course.students[i]!;
      const externalId = `marker-${i}`;
      const timestamp = new Date().toISOString();
      const score = {
        platformId,
        userId,
        target: { lineItemUrl },
        scoreGiven: i + 1,
        scoreMaximum: 100,
        timestamp,
        externalId,
      };
      const idempotencyKey = randomUUID();
      const { pid } = ingest;
      tap.cut = {
        at: (command) => step.isIt(command, externalId),
        when,
        strike: () => process.kill(pid, 'SIGKILL'),
      };
      const answered = await impatient.scores.send(score, { idempotencyKey }).catch(() => undefined);
      if (answered) broken.push(`${gap}: it was answered all the same`);
      await ingest.kill();
      await ingest.restart();
      const [found, ...others] = (await client.scores.list({ platformId, userId })).data;
      const accepted = index > queueing - 1 || (step.accepts === true && when === 'after');
      if ((found !== undefined) !== accepted || others.length > 0) {
        broken.push(`${gap}: ${found ? 1 + others.length : 0} scores are in the record`);
      }
      if (found) ledger.note(score, lineItemUrl, found);
      sent.push({ score, idempotencyKey, ...(found && { acceptedId: found.id }) });
    }

    // What was accepted without an answer is delivered whether or not its sender comes back.
    if (!long) await gradewire.addDelivery({ GRADEWIRE_REDIS_URL: redis.url });
    broken.push(...(await settledAll(client, [platformId], 120_000)));
    const unanswered = ledger.entries.length;
    broken.push(...(await ledger.unfinished(client)), ...ledger.wrongGrades(simulator));

    for (const { score, idempotencyKey, acceptedId } of sent) {
      const { id } = await client.scores.send(score, { idempotencyKey });
      if (acceptedId === undefined) ledger.note(score, lineItemUrl, { id });
      else if (id !== acceptedId) broken.push(`${score.userId}: sent again it became a second score`);
    }
    broken.push(...(await settledAll(client, [platformId], 120_000)));
    broken.push(...(await ledger.unfinished(client)), ...ledger.wrongGrades(simulator));
    const posts = simulator.state().counters.scoresStored;
    if (posts !== cuts.length) broken.push(`${posts} posts for ${cuts.length} scores`);
    return {
      figure: `${cuts.length} crashes, ${unanswered} of them after the score was accepted: all delivered, none twice, none half`,
      broken,
    };
  },
};

function isScript(ofKey: (key: string) => boolean): (command: Command) => boolean {
  return ([verb, , , key]) => /^eval(sha)?$/i.test(verb ?? '') && ofKey(key ?? '');
}

function carries(command: Command, marker: string): boolean {
  return command.some((word) => word.includes(marker));
}
