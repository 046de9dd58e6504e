import type { ThrottleRules } from '../profiles/profile.ts';
import { LeakyBucket } from './leaky-bucket.ts';
import { Quota } from './quota.ts';

/** How much a platform lets in. `now` is in ms. */
export interface Throttle {
  /** False: refuse the request. True: `release` must follow. */
  reserve(now: number): boolean;
  release(now: number): void;
  /** What every answer tells of it. */
  headers(now: number): Record<string, string>;
}

export function createThrottle(rules: ThrottleRules): Throttle {
  return 'credits' in rules ? new Quota(rules) : new LeakyBucket(rules);
}
