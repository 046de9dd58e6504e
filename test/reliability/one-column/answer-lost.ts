import { type Attack, type AttackContext, type Finding, platformOf } from '../attack.ts';
import { seededRandom } from '../random.ts';
import { named, openWorkshop, promise } from './workshop.ts';

/** Creations that the platform carries out and answers with nothing that can be used. */
async function run({ long, seed, profile }: AttackContext): Promise<Finding> {
  const [students, count] = long ? [100, 40] : [10, 8];
  const spoilt = [
    { kind: 'drop', apply: true },
    { kind: 'truncate', apply: true },
    { kind: 'html', apply: true },
    { kind: 'status', status: 502, apply: true },
  ] as const;
  await using workshop = await openWorkshop({
    simulator: { ...platformOf({ profile }), courses: [{ students }] },
    deliveries: long ? 4 : 2,
  });
  const { simulator } = workshop.room;
  const random = seededRandom(seed);
  for (let i = 0; i < count; i += 1) {
    const match = { endpoint: 'lineItems', method: 'POST' } as const;
    simulator.addFault({ match, count: 1, action: random.pick(spoilt) });
  }
  await workshop.handIn(named('lost', count), { seed });
  await workshop.settled(60_000);
  const broken = await workshop.wrongs();
  const fired = simulator.state().counters.faultsFired;
  if (fired !== count) broken.push(`only ${fired} of ${count} answers were lost`);
  const posts = workshop.posts();
  if (posts !== count) broken.push(`${posts} creations were asked for ${count} resources`);
  return {
    figure: `${count} creations applied, every answer lost or spoilt: ${posts} creations asked for`,
    broken,
  };
}

export const answerLost: Attack = {
  name: 'one-column-answer-lost',
  profile: 'generic',
  promise: `${promise} when the creation is applied and its answer lost`,
  how: 'every first creation is applied; its answer is cut, truncated, a web page or a 502',
  run,
};
