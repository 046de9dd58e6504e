import { openClassroom, platformId } from '../../support/classroom.ts';
import { type Attack, platformOf } from '../attack.ts';
import { until } from '../watch.ts';

export const shutdownWithoutRedis: Attack = {
  name: 'shutdown-without-redis',
  profile: 'generic',
  promise: 'SIGTERM ends every process in bounded time although Redis is gone',
  how: 'Redis killed under an open lane with posts on the wire, then SIGTERM to ingest, to a worker at work and to one that never saw Redis',
  async run({ long, say, profile }) {
    // Beside other tests the processors are theirs as well.
    const limitMs = long ? 12_000 : 60_000;
    const broken: string[] = [];
    const students = 20;
    await using room = await openClassroom({
      simulator: { ...platformOf({ profile }), courses: [{ students }] },
      gradewire: { env: { GRADEWIRE_REQUEST_TIMEOUT_MS: '5000' } },
      registration: { limits: { concurrency: 10 } },
    });
    const { gradewire, simulator, course, redis } = room;
    const lineItemUrl = simulator.addLineItem(course.id, { label: 'Quiz', scoreMaximum: 100 });
    simulator.addFault({ match: { endpoint: 'scores' }, action: { kind: 'delay', ms: 3_000, apply: true } });
    await gradewire.client.batches.send(
      course.students.map(({ userId }) => ({
        platformId,
        userId,
        target: { lineItemUrl },
        scoreGiven: 1,
        scoreMaximum: 1,
      })),
    );
    await until('too few are in flight', 60_000, () => simulator.state().counters.inFlight >= 10, 5);
    await redis.kill();
    const ends = await Promise.all(
      [...gradewire.ingests, ...gradewire.deliveries].map(async (service) => {
        const startedAt = performance.now();
        const code = await service.stop();
        const tookMs = performance.now() - startedAt;
        say(`${service.name} ended with ${code} after ${Math.round(tookMs)} ms`);
        if (tookMs > limitMs) broken.push(`${service.name} took ${Math.round(tookMs)} ms`);
        if (code === null) broken.push(`${service.name} was ended by a signal`);
        return `${service.name} exit ${code} after ${(tookMs / 1_000).toFixed(1)} s`;
      }),
    );
    return { figure: ends.join(', '), broken };
  },
};
