import type { Attack } from './attack.ts';
import { callbacksNeighbour } from './callbacks/neighbour.ts';
import { callbacksNothingLost } from './callbacks/nothing-lost.ts';

/** What becomes of scores is told to whoever wants to know, and to one as well as if there were no others. */
export const callbacksAttacks: readonly Attack[] = [callbacksNothingLost, callbacksNeighbour];
