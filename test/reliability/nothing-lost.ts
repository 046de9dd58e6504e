import type { Attack } from './attack.ts';
import { crashGaps } from './nothing-lost/crash-gaps.ts';
import { durability } from './nothing-lost/durability.ts';
import { kills } from './nothing-lost/kills.ts';
import { queueLost } from './nothing-lost/queue-lost.ts';
import { replicas } from './nothing-lost/replicas.ts';
import { storeRefuses } from './nothing-lost/store-refuses.ts';

/** What was answered 202 is delivered, whatever dies; what was not leaves nothing behind. */
export const nothingLostAttacks: readonly Attack[] = [
  kills,
  queueLost,
  crashGaps,
  ...storeRefuses,
  durability,
  replicas,
];
