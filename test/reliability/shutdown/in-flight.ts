import { startTestRedis } from '@gradewire/local-redis/testing';
import type { Simulator } from '@gradewire/platform-simulator';
import { startGradewire } from '../../support/gradewire.ts';
import type { Attack } from '../attack.ts';
import { Ledger } from '../ledger.ts';
import { openSimulator } from '../nothing-lost/simulators.ts';
import { settledAll, until } from '../nothing-lost/waiting.ts';

/** What a container is given: terminationGracePeriodSeconds of the Kubernetes example, stop_grace_period of compose. */
const containerGraceMs = 45_000;

interface School {
  simulator: Simulator;
  platformId: string;
  lineItemUrl: string;
  students: readonly { userId: string }[];
}

export const shutdownInFlight: Attack = {
  name: 'shutdown',
  promise: 'SIGTERM ends a worker within its grace period, and no score is posted twice for it',
  how: 'SIGTERM with 1,000 posts on the wire and as many cells waiting, while a second process takes over; every post is counted',
  async run({ long, say }) {
    // A platform is given at most 128 connections by one process.
    const [schools, perSchool] = long ? [10, 100] : [2, 30];
    const inFlight = schools * perSchool;
    const broken: string[] = [];
    await using redis = await startTestRedis();
    // A lane gets a second slot only while less than half of them is in use.
    const env = { GRADEWIRE_CONCURRENCY: String(inFlight * 2 + 10) };
    await using gradewire = await startGradewire({ redisUrl: redis.url, env });
    const { client, url, deliveries } = gradewire;
    await using stack = new AsyncDisposableStack();
    const ledger = new Ledger();
    const simulators: School[] = [];
    for (let i = 0; i < schools; i += 1) {
      const simulator = stack.use(
        await openSimulator({
          profile: 'generic',
          courses: [{ students: perSchool * 2 }],
          tool: { jwksUrl: `${url}/.well-known/jwks.json` },
        }),
      );
      const platformId = `school-${i}`;
      const { registration } = simulator;
      await client.platforms.put(platformId, {
        ...registration,
        limits: { concurrency: perSchool },
      } as never);
      const course = simulator.courses[0]!;
      const lineItemUrl = simulator.addLineItem(course.id, { label: 'Quiz', scoreMaximum: 100 });
      // Applied at once and answered late: what is not waited for would be posted again.
      simulator.addFault({
        match: { endpoint: 'scores' },
        action: { kind: 'delay', ms: long ? 8_000 : 2_000, apply: true },
      });
      simulators.push({ simulator, platformId, lineItemUrl, students: course.students });
    }
    for (const { platformId, lineItemUrl, students } of simulators) {
      const scores = students.map(({ userId }, i) => {
        const timestamp = new Date().toISOString();
        return {
          platformId,
          userId,
          target: { lineItemUrl },
          scoreGiven: i % 101,
          scoreMaximum: 100,
          timestamp,
        };
      });
      const { results } = await client.batches.send(scores);
      for (const { index, id } of results) if (id) ledger.note(scores[index]!, lineItemUrl, { id });
    }
    const onTheWire = () =>
      simulators.reduce((sum, { simulator }) => sum + simulator.state().counters.inFlight, 0);
    await until(() => onTheWire() >= inFlight, 30_000, 20);

    say(`SIGTERM with ${onTheWire()} posts in flight`);
    const startedAt = performance.now();
    const second = gradewire.addDelivery();
    const code = await deliveries[0]!.stop();
    const tookMs = performance.now() - startedAt;
    await second;
    if (code !== 0) broken.push(`it ended with ${code}`);
    if (tookMs > containerGraceMs) broken.push(`it took ${Math.round(tookMs)} ms`);
    for (const { simulator } of simulators) simulator.clearFaults();
    const platformIds = simulators.map(({ platformId }) => platformId);
    broken.push(...(await settledAll(client, platformIds, 60_000)));
    broken.push(...(await ledger.unfinished(client)));
    let posts = 0;
    for (const { simulator } of simulators) {
      posts += simulator.state().counters.requests.scores ?? 0;
      const own = new Ledger();
      own.entries.push(...ledger.entries.filter(({ lineItemUrl }) => lineItemUrl.startsWith(simulator.url)));
      broken.push(...own.wrongGrades(simulator));
    }
    const twice = posts - ledger.entries.length;
    if (twice !== 0) broken.push(`${posts} posts for ${ledger.entries.length} scores`);
    return {
      figure: `${inFlight.toLocaleString('en')} in flight: exit ${code} after ${(tookMs / 1_000).toFixed(1)} s, ${twice} posted twice of ${ledger.entries.length.toLocaleString('en')}`,
      broken,
    };
  },
};
