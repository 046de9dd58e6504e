import { randomUUID } from 'node:crypto';
import { startTestRedis } from '@gradewire/local-redis/testing';
import { platformKey } from '@gradewire/passback/redis';
import { createGradewire, type GradewireError } from '@gradewire/sdk';
import { platformId } from '../../support/classroom.ts';
import { startGradewire } from '../../support/gradewire.ts';
import { openSimulator } from '../../support/open-simulator.ts';
import { keysOf, openStore } from '../../support/store.ts';
import type { Attack } from '../attack.ts';
import { Ledger } from '../ledger.ts';
import { until } from '../watch.ts';
import { newcomers } from './newcomers.ts';

export const replicas: Attack = {
  name: 'replicas',
  promise: 'With GRADEWIRE_MIN_REPLICAS a 202 means that so many replicas have the score',
  how: 'one replica asked for: it is stopped with SIGSTOP, then killed, then the primary is killed amid accepts and the replica is asked for every accepted score',
  async run({ long, say }) {
    const total = long ? 5_000 : 200;
    await using server = await startTestRedis({ appendfsync: 'always' });
    await using replica = await startTestRedis({ config: { replicaof: `127.0.0.1 ${server.port}` } });
    await using primary = openStore(server.url);
    await using copy = openStore(replica.url);
    const inSync = async () => /slave0:.*state=online/.test(await primary.redis.info('replication'));
    await until('the replica is not in sync', 60_000, inSync);
    await using simulator = await openSimulator({ profile: 'generic', courses: [{ students: 1 }] });
    const env = { GRADEWIRE_MIN_REPLICAS: '1' };
    await using gradewire = await startGradewire({ redisUrl: server.url, deliveries: 0, env });
    const { url, apiKey } = gradewire;
    await gradewire.client.platforms.put(platformId, simulator.registration as never);
    const client = createGradewire({ baseUrl: url, apiKey, retry: { retries: 0 } });
    const course = simulator.courses[0]!;
    const lineItemUrl = simulator.addLineItem(course.id, { label: 'Quiz', scoreMaximum: 100 });
    const broken: string[] = [];
    const ledger = new Ledger();
    const newScore = newcomers(simulator, lineItemUrl);
    const failureOf = (sending: Promise<unknown>) =>
      sending.then(
        () => undefined,
        (error: GradewireError) => error,
      );
    const expect503 = (error: GradewireError | undefined, code: string, when: string) => {
      if (error?.status !== 503 || error.code !== code || !error.retryAfterMs) {
        broken.push(
          `${when}: ${error?.status ?? 202} ${error?.code ?? ''}, Retry-After ${error?.retryAfterMs}`,
        );
      }
    };

    // A replica that hangs: the score is whole in the record, its sender is told 503 and gets the same score when it asks again.
    const pid = Number(/process_id:(\d+)/.exec(await copy.redis.info('server'))?.[1]);
    process.kill(pid, 'SIGSTOP');
    const doubtful = newScore();
    const idempotencyKey = randomUUID();
    expect503(
      await failureOf(client.scores.send(doubtful, { idempotencyKey })),
      'NOT_REPLICATED',
      'replica hangs',
    );
    process.kill(pid, 'SIGCONT');
    const { id } = await gradewire.client.scores.send(doubtful, { idempotencyKey });
    ledger.note(doubtful, lineItemUrl, { id });
    if ((await scoresOf()).length !== 1)
      broken.push('after a short count and a repeat there is more than one score');

    // A replica that is gone: refused before anything is written.
    await replica.kill();
    const isRefused = async () => (await failureOf(client.scores.send(newScore())))?.code === 'NOT_DURABLE';
    await until('scores are not refused', 60_000, isRefused);
    const before = (await scoresOf()).length;
    expect503(await failureOf(client.scores.send(newScore())), 'NOT_DURABLE', 'replica gone');
    if ((await scoresOf()).length !== before)
      broken.push('a score that was refused for want of replicas is in the record');
    await replica.restart();
    await until('the replica is not in sync', 60_000, inSync);
    await until('not ready again', 60_000, async () => (await fetch(`${url}/readyz`)).ok);

    // Fail-over: whatever was answered 202 is on the replica.
    const half = ledger.entries.length + total / 2;
    const send = async () => {
      for (let failed = false; !failed; ) {
        const score = newScore();
        const accepted = await client.scores.send(score).catch(() => undefined);
        if (accepted) ledger.note(score, lineItemUrl, accepted);
        failed = !accepted;
      }
    };
    const kill = async () => {
      await until('too few are accepted', 120_000, () => ledger.entries.length >= half, 1);
      await server.kill();
    };
    await Promise.all([kill(), ...Array.from({ length: 8 }, send)]);
    const onReplica = new Set(await scoresOf(copy.redis));
    const lost = ledger.ids.filter((scoreId) => !onReplica.has(platformKey(platformId, 'score', scoreId)));
    say(`primary killed after ${ledger.entries.length} accepted: ${lost.length} are not on the replica`);
    if (lost.length > 0) broken.push(`${lost.length} accepted scores are not on the replica`);

    return {
      figure: `${ledger.entries.length.toLocaleString('en')} accepted, primary killed: ${lost.length} missing on the replica; replica hung or gone: 503, none half accepted`,
      broken,
    };

    async function scoresOf(redis = primary.redis): Promise<string[]> {
      return keysOf(redis, platformKey(platformId, 'score', ''));
    }
  },
};
