import { PROFILES } from '@gradewire/platform-simulator';
import type { Attack, AttackContext, Finding } from '../attack.ts';
import { impatient, named, openWorkshop, promise } from './workshop.ts';

/** A platform that ignores filters, pages by 3 and is slow; a part of the columns is there already. */
async function run({ long, seed }: AttackContext): Promise<Finding> {
  const [students, count, latencyMs, deliveries] = long ? [100, 20, 150, 6] : [8, 3, 20, 2];
  const { generic } = PROFILES;
  const paging = { ...generic.lineItems.paging, defaultLimit: 3, maxLimit: 3 };
  const lineItems = { ...generic.lineItems, ignoresFilters: true, paging };
  await using workshop = await openWorkshop({
    simulator: {
      profile: { ...generic, lineItems },
      latencyMs,
      courses: [
        { students, lineItems: named('old', 20).map((resourceId) => ({ resourceId, label: resourceId })) },
      ],
    },
    deliveries,
    env: { ...impatient, GRADEWIRE_REQUEST_TIMEOUT_MS: '5000' },
  });
  const present = ['old-2', 'old-11', 'old-20'];
  await workshop.handIn([...named('new', count), ...present], { seed });
  await workshop.settled(120_000);
  const broken = await workshop.wrongs();
  const posts = workshop.posts();
  if (posts !== count) broken.push(`${posts} creations were asked for ${count} new resources`);
  const pages = workshop.room.simulator.requests({ endpoint: 'lineItems' }).length - posts;
  if (pages < 7) broken.push('the list was not paged');
  return {
    figure: `filters ignored, pages of 3, ${latencyMs} ms each, ${deliveries} processes: ${posts} creations for ${count} new resources, none for ${present.length} found`,
    broken,
  };
}

export const awkwardPlatform: Attack = {
  name: 'one-column-awkward-platform',
  promise: `${promise} on a platform that ignores filters, pages by 3 and answers slowly`,
  how: 'several processes race there, for columns that are new and for some that a teacher made',
  run,
};
