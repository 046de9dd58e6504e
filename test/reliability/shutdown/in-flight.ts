import { startTestRedis } from '@gradewire/local-redis/testing';
import type { Simulator } from '@gradewire/platform-simulator';
import { startGradewire } from '../../support/gradewire.ts';
import { openSimulator } from '../../support/open-simulator.ts';
import { registerSchool, type School, schoolScore } from '../../support/schools.ts';
import { type Attack, platformOf } from '../attack.ts';
import { Ledger } from '../ledger.ts';
import { settledAll } from '../settled-all.ts';
import { until } from '../watch.ts';

/** What a container is given: terminationGracePeriodSeconds of the Kubernetes example, stop_grace_period of compose. */
const containerGraceMs = 45_000;

export const shutdownInFlight: Attack = {
  name: 'shutdown',
  profile: 'generic',
  promise: 'SIGTERM ends a worker within its grace period, and no score is posted twice for it',
  how: 'SIGTERM with 1,000 posts on the wire and as many cells waiting, while a second process takes over; every post is counted',
  async run({ long, say, profile }) {
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
    const all: { simulator: Simulator; school: School; ledger: Ledger }[] = [];
    for (let i = 0; i < schools; i += 1) {
      const simulator = stack.use(
        await openSimulator({
          ...platformOf({ profile }),
          courses: [{ id: `c${i}`, students: perSchool * 2 }],
          tool: { jwksUrl: `${url}/.well-known/jwks.json` },
        }),
      );
      const school = await registerSchool({ gradewire, simulator }, `c${i}`, { concurrency: perSchool });
      // Applied at once and answered late: what is not waited for would be posted again.
      simulator.addFault({
        match: { endpoint: 'scores' },
        action: { kind: 'delay', ms: long ? 8_000 : 5_000, apply: true },
      });
      all.push({ simulator, school, ledger: new Ledger() });
    }
    for (const { school, ledger } of all) {
      const scores = school.students.map((_, i) => schoolScore(school, i, i % 101));
      await ledger.handIn(client, scores, school.lineItemUrl);
    }
    const onTheWire = () => all.reduce((sum, { simulator }) => sum + simulator.state().counters.inFlight, 0);
    await until('too few are in flight', 60_000, () => onTheWire() >= inFlight, 20);

    say(`SIGTERM with ${onTheWire()} posts in flight`);
    const startedAt = performance.now();
    const second = gradewire.addDelivery();
    const code = await deliveries[0]!.stop();
    const tookMs = performance.now() - startedAt;
    await second;
    if (code !== 0) broken.push(`it ended with ${code}`);
    if (tookMs > containerGraceMs) broken.push(`it took ${Math.round(tookMs)} ms`);
    for (const { simulator } of all) simulator.clearFaults();
    const platformIds = all.map(({ school }) => school.platformId);
    broken.push(...(await settledAll(client, platformIds, 120_000)));
    let [posts, scores] = [0, 0];
    for (const { simulator, ledger } of all) {
      posts += simulator.state().counters.requests.scores ?? 0;
      scores += ledger.entries.length;
      broken.push(...(await ledger.unfinished(client)), ...ledger.wrongGrades(simulator));
    }
    const twice = posts - scores;
    if (twice !== 0) broken.push(`${posts} posts for ${scores} scores`);
    return {
      figure: `${inFlight.toLocaleString('en')} in flight: exit ${code} after ${(tookMs / 1_000).toFixed(1)} s, ${twice} posted twice of ${scores.toLocaleString('en')}`,
      broken,
    };
  },
};
