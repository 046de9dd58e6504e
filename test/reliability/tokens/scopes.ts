import { SCOPES } from '@gradewire/ags';
import { platformId } from '../../support/classroom.ts';
import type { Attack, AttackContext, Finding } from '../attack.ts';
import { Classwork } from '../classwork.ts';
import { openCourse, settled, tokenRequests } from './course.ts';

/** Scopes that a platform leaves out, or refuses the whole request for. */
async function run({ long }: AttackContext): Promise<Finding> {
  const [students, deliveries] = long ? [1_000, 8] : [60, 3];
  const broken: string[] = [];
  const counts: string[] = [];
  for (const profile of ['moodle', 'canvas'] as const) {
    await using room = await openCourse({ simulator: { profile, courses: [{ students }] }, deliveries });
    const { simulator, gradewire, course } = room;
    // Moodle grants the rest; Canvas refuses the request, and then also what columns need.
    simulator.setTool({
      scopes: profile === 'moodle' ? [SCOPES.lineItemReadonly, SCOPES.score] : [SCOPES.score],
    });
    const work = new Classwork(room);
    await work.handIn(0, students);
    await work.done(60_000);
    broken.push(...(await work.wrongs()).map((wrong) => `${profile}: ${wrong}`));
    const asked = tokenRequests(simulator).length;
    const expected = profile === 'moodle' ? 1 : 2;
    if (asked !== expected) broken.push(`${profile}: ${asked} token requests instead of ${expected}`);

    const target = {
      lineItemsUrl: course.lineItemsUrl,
      resourceId: 'new',
      create: { label: 'N', scoreMaximum: 10 },
    };
    const userIds = course.students.slice(0, 10).map(({ userId }) => userId);
    const { batchId } = await gradewire.client.batches.send(
      userIds.map((userId) => ({ platformId, userId, target, scoreGiven: 5, scoreMaximum: 10 })),
    );
    const { counts: ended } = await gradewire.client.batches.waitForSettlement(batchId, settled);
    if (ended.dead !== userIds.length) broken.push(`${profile}: creating ended ${JSON.stringify(ended)}`);
    const rows = await gradewire.client.deadLetters.summary();
    const reason = profile === 'moodle' ? 'CANNOT_CREATE_LINE_ITEM' : 'SCOPE_NOT_GRANTED';
    if (rows.length !== 1 || rows[0]?.reason !== reason)
      broken.push(`${profile}: dead for ${JSON.stringify(rows)}`);
    const more = tokenRequests(simulator).length - asked;
    // Canvas is asked once for what creating needs beside scores.
    if (more > expected - 1) broken.push(`${profile}: ${more} token requests for creating`);
    counts.push(`${profile} ${asked} + ${more} token requests`);
  }
  return {
    figure: `${students} scores delivered each, ${deliveries} processes: ${counts.join('; ')} for columns that may not be made`,
    broken,
  };
}

export const scopes: Attack = {
  name: 'tokens-scopes',
  promise:
    'Scopes that a platform leaves out or refuses cost only what needs them; `invalid_scope` is narrowed once',
  how: 'Moodle without the scope to create, Canvas with nothing but scores; 8 processes',
  run,
};
