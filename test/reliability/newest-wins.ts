import type { Attack } from './attack.ts';
import { afterClear } from './newest-wins/after-clear.ts';
import { backoff } from './newest-wins/backoff.ts';
import { burst } from './newest-wins/burst.ts';
import { clockSteps } from './newest-wins/clock-steps.ts';
import { redisClock } from './newest-wins/redis-clock.ts';
import { sameSecond } from './newest-wins/same-second.ts';
import { shuffled } from './newest-wins/shuffled.ts';
import { stoppedWorker } from './newest-wins/stopped-worker.ts';
import { twoNames } from './newest-wins/two-names.ts';

/** Whatever happens on the way, a gradebook cell ends with the newest score. */
export const newestWinsAttacks: readonly Attack[] = [
  shuffled,
  stoppedWorker,
  clockSteps,
  redisClock,
  burst,
  backoff,
  sameSecond,
  afterClear,
  twoNames,
];
