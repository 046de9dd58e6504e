import { platformId } from '../../support/classroom.ts';
import type { Attack, AttackContext, Finding } from '../attack.ts';
import { Classwork } from '../classwork.ts';
import { minute, openCourse, untilHeld } from './course.ts';

/** A platform whose clock differs from ours. */
async function run({ long, profile }: AttackContext): Promise<Finding> {
  const [students, deliveries] = long ? [500, 8] : [20, 2];
  await using room = await openCourse({
    simulator: { profile, courses: [{ students }] },
    deliveries,
  });
  const { simulator, gradewire } = room;
  const broken: string[] = [];
  for (const skewMs of [240_000, -4_000]) {
    simulator.setClockSkew(skewMs);
    simulator.revokeTokens();
    const work = new Classwork(room, `${skewMs}`);
    await work.handIn(0, students);
    await work.done(60_000);
    broken.push(...(await work.wrongs()));
  }
  const { tokensRefused } = simulator.state().counters;
  if (tokensRefused > 0) broken.push(`${tokensRefused} assertions were refused`);
  simulator.setClockSkew(10 * minute);
  simulator.revokeTokens();
  const work = new Classwork(room, 'far off');
  await work.handIn(0, students);
  await untilHeld(room, platformId);
  const { dead } = await gradewire.client.lanes.get(platformId);
  if (dead > 0) broken.push(`${dead} scores died of a clock`);
  simulator.setClockSkew(0);
  await work.done(75_000);
  broken.push(...(await work.wrongs()));
  return {
    figure: `platform's clock 4 min ahead or 4 s behind: no refusal; 10 min ahead: lane held, ${dead} dead, ${students} scores delivered when it was set right`,
    broken,
  };
}

export const clockSkew: Attack = {
  name: 'tokens-clock-skew',
  profile: 'generic',
  promise:
    'Clocks that differ by seconds behind or minutes ahead change nothing; by more hold the lane and kill nothing',
  how: "the platform's clock 4 min ahead, 4 s behind, 10 min ahead, and right again",
  run,
};
