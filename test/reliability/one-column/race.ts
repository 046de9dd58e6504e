import { type Attack, type AttackContext, type Finding, platformOf } from '../attack.ts';
import { impatient, named, openWorkshop, promise } from './workshop.ts';

/** Rounds of scores for new resources, among more and more processes. */
async function run({ long, seed, say, profile }: AttackContext): Promise<Finding> {
  const [students, crews, perCrew] = long ? [1_000, [2, 3, 4, 5, 6, 7, 8], 15] : [40, [2, 3], 4];
  await using workshop = await openWorkshop({
    // Every request is remembered, so that creations can be counted among them.
    simulator: { ...platformOf({ profile }), courses: [{ students }], requestLogSize: 250_000 },
    deliveries: crews[0]!,
    // The simulator shares the processors with eight processes: its slowness is not what is attacked here.
    env: { ...impatient, GRADEWIRE_REQUEST_TIMEOUT_MS: '10000' },
  });
  const broken: string[] = [];
  // Long enough for everybody to come while the first one is at it.
  const slow = { kind: 'delay', ms: 50, jitterMs: 100 } as const;
  workshop.room.simulator.addFault({ match: { endpoint: 'lineItems' }, action: slow });
  for (const crew of crews) {
    while (workshop.room.gradewire.deliveries.length < crew) await workshop.room.gradewire.addDelivery();
    await workshop.handIn(named(`crew-${crew}`, perCrew), { seed: seed + crew });
    await workshop.settled(120_000);
    say(`${crew} processes: ${perCrew} resources`);
  }
  const rounds = crews.length * perCrew;
  const posts = workshop.posts();
  if (posts !== rounds) broken.push(`${posts} creations were asked for ${rounds} resources`);
  broken.push(...(await workshop.wrongs()));
  return {
    figure: `${rounds} new resources x ${students} scores, 2 to ${crews.at(-1)} processes: ${posts} creations, ${workshop.room.simulator.state().counters.lineItemsCreated} columns`,
    broken,
  };
}

export const race: Attack = {
  name: 'one-column-race',
  profile: 'generic',
  promise,
  how: '2 to 8 delivery processes race on 1,000 scores for each of 105 new resources',
  run,
};
