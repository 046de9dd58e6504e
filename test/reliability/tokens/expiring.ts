import { setTimeout as delay } from 'node:timers/promises';
import type { Simulator } from '@gradewire/platform-simulator';
import type { Attack, AttackContext, Finding } from '../attack.ts';
import { Classwork } from '../classwork.ts';
import { minute, openCourse, tokenRequests } from './course.ts';

/** Posts that were refused for their token. */
const expiredOf = (simulator: Simulator) =>
  simulator.requests({ endpoint: 'scores' }).filter(({ problem }) => problem === 'tokenExpired').length;

/** Tokens that live shortly, and tokens that the platform takes for expired when they arrive. */
async function run({ long, profile }: AttackContext): Promise<Finding> {
  const [lifeSeconds, forMs, deliveries] = long ? [30, 75_000, 8] : [10, 10_000, 2];
  const earlyMs = (lifeSeconds / 5) * 1_000;
  await using room = await openCourse({
    simulator: { profile, courses: [{ students: 5_000 }], tokenLifetimeSeconds: lifeSeconds },
    deliveries,
  });
  const { simulator } = room;
  const work = new Classwork(room);
  const broken: string[] = [];
  const begun = performance.now();
  let next = 0;
  while (performance.now() - begun < forMs) {
    await work.handIn(next, next + 10);
    next += 10;
    await delay(150);
  }
  await work.done(minute);
  const tookMs = performance.now() - begun;
  const most = 1 + Math.floor(tookMs / (lifeSeconds * 1_000 - earlyMs));
  const renewed = tokenRequests(simulator).length;
  if (renewed > most)
    broken.push(`${renewed} fetches in ${Math.round(tookMs)} ms of ${lifeSeconds} s tokens`);
  if (renewed < 2) broken.push('no token was renewed');
  const refused = expiredOf(simulator);
  if (refused > 0) broken.push(`${refused} posts were sent with an expired token`);

  // From the post's point of view it expired on the way.
  const skew = { kind: 'clockSkew', ms: 2 * minute } as const;
  const id = simulator.addFault({ match: { endpoint: 'scores' }, count: 1, action: skew });
  await work.handIn(next, next + 30);
  await work.done(minute);
  const onTheWay = expiredOf(simulator);
  if (onTheWay === 0) broken.push(`fault ${id} did not fire`);
  const extra = tokenRequests(simulator).length - renewed;
  const due = 1 + Math.floor((performance.now() - begun) / (lifeSeconds * 1_000 - earlyMs)) - renewed;
  if (extra > Math.max(0, due) + 1) broken.push(`${extra} fetches for one post that met an expired token`);
  broken.push(...(await work.wrongs()));
  return {
    figure: `${lifeSeconds} s tokens for ${Math.round(tookMs / 1_000)} s, ${deliveries} processes: ${renewed} fetches, no post with an expired token; expired in flight: ${onTheWay} refused, ${extra} fetch, delivered`,
    broken,
  };
}

export const expiring: Attack = {
  name: 'tokens-expiring',
  profile: 'generic',
  promise: 'Tokens are renewed early, and one that expires on the way costs one fetch and no score',
  how: 'tokens of 30 s under steady load; a post that finds its token expired',
  run,
};
