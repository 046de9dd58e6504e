import { type Attack, type AttackContext, type Finding, platformOf } from '../attack.ts';
import { named, openWorkshop } from './workshop.ts';

/** A teacher deletes columns in the middle of a term: those of scores with `create` and those of scores without. */
async function run({ long, seed, profile }: AttackContext): Promise<Finding> {
  const [students, count, deliveries] = long ? [200, 20, 6] : [8, 3, 3];
  await using workshop = await openWorkshop({
    simulator: { ...platformOf({ profile }), courses: [{ students }] },
    deliveries,
  });
  const { simulator } = workshop.room;
  const [kept, dropped] = [named('kept', count), named('dropped', count)];
  await workshop.handIn([...kept, ...dropped], { seed });
  await workshop.settled(60_000);
  const broken = await workshop.wrongs();
  for (const { id } of simulator.state().lineItems) simulator.teacher.deleteLineItem(id);

  const live = (resourceId: string) => workshop.columns(resourceId).filter(({ deleted }) => !deleted).length;
  await workshop.handIn(kept, { seed: seed + 1, more: 1 });
  await workshop.handIn(dropped, { seed: seed + 2, more: 1, creates: false });
  const after = await workshop.settled(60_000);
  const each = count * students;
  if (after.delivered !== each || after.dead !== each)
    broken.push(`ended ${JSON.stringify(after)}, not ${each} each way`);
  for (const resourceId of kept) {
    const made = workshop.columns(resourceId).length;
    if (live(resourceId) !== 1 || made !== 2)
      broken.push(`${resourceId} was made ${made} times, ${live(resourceId)} stay`);
    const [column] = workshop.columns(resourceId).filter(({ deleted }) => !deleted);
    if (Object.keys(column?.users ?? {}).length !== students) broken.push(`${resourceId} lacks grades`);
  }
  const summary = await workshop.room.gradewire.client.deadLetters.summary();
  const strange = summary.filter(({ reason, count: dead }) => reason !== 'LINE_ITEM_NOT_FOUND' && dead > 0);
  for (const { reason, count: dead } of strange) broken.push(`${dead} scores are dead for ${reason}`);
  for (const resourceId of dropped) {
    const made = workshop.columns(resourceId).length;
    if (made !== 1) broken.push(`${resourceId} was made ${made} times although none was wanted`);
  }
  return {
    figure: `${2 * count} columns deleted, ${deliveries} processes: ${count} made anew, once each; ${count} stay deleted, their scores dead with the reason`,
    broken,
  };
}

export const deletedByTeacher: Attack = {
  name: 'one-column-deleted',
  profile: 'generic',
  promise: 'A column that a teacher deletes is made again only if `create` was given, and once',
  how: 'all columns are deleted between two rounds of scores, of which half want a new one',
  run,
};
