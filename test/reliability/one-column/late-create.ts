import { type Attack, type AttackContext, type Finding, platformOf } from '../attack.ts';
import { named, openWorkshop, promise, requestTimeoutMs } from './workshop.ts';

/** Creations that the platform carries out some time after we gave up on them. */
async function run({ long, seed, profile }: AttackContext): Promise<Finding> {
  const [students, count, latestMs] = long ? [50, 20, 9_000] : [6, 4, 3_000];
  await using workshop = await openWorkshop({
    simulator: { ...platformOf({ profile }), courses: [{ students }], seed },
    deliveries: long ? 4 : 2,
  });
  const { simulator } = workshop.room;
  const soonestMs = requestTimeoutMs + 200;
  const delay = { kind: 'delay', ms: soonestMs, jitterMs: latestMs - soonestMs } as const;
  simulator.addFault({ match: { endpoint: 'lineItems', method: 'POST' }, count, action: delay });
  await workshop.handIn(named('late', count), { seed });
  await workshop.settled(60_000);
  const broken = await workshop.wrongs();
  const posts = workshop.posts();
  if (posts !== count) broken.push(`${posts} creations were asked for ${count} resources`);
  const given = simulator
    .requests({ endpoint: 'lineItems' })
    .filter(({ method, status }) => method === 'POST' && status > 0).length;
  if (given > 0) broken.push(`${given} creations were answered in time`);
  return {
    figure: `${count} creations carried out up to ${(latestMs - requestTimeoutMs) / 1_000} s after our time-out of ${requestTimeoutMs / 1_000} s: ${posts} creations asked for`,
    broken,
  };
}

export const lateCreate: Attack = {
  name: 'one-column-late-create',
  profile: 'generic',
  promise: `${promise} when the platform finishes creating after our time-out`,
  how: 'creations are carried out up to 9 s after they were sent, with a time-out of 0.5 s',
  run,
};
