import type { Attack } from './attack.ts';
import { answerLost } from './one-column/answer-lost.ts';
import { awkwardPlatform } from './one-column/awkward-platform.ts';
import { deletedByTeacher } from './one-column/deleted.ts';
import { holderKilled } from './one-column/holder-killed.ts';
import { lateCreate } from './one-column/late-create.ts';
import { race } from './one-column/race.ts';

/** One resource, one column: under races, lost answers, kills, slowness and deletion. */
export const oneColumnAttacks: readonly Attack[] = [
  race,
  answerLost,
  holderKilled,
  lateCreate,
  awkwardPlatform,
  deletedByTeacher,
];
