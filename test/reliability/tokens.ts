import type { Attack } from './attack.ts';
import { clockSkew } from './tokens/clock-skew.ts';
import { expiring } from './tokens/expiring.ts';
import { onePerLifetime } from './tokens/one-per-lifetime.ts';
import { refused } from './tokens/refused.ts';
import { scopes } from './tokens/scopes.ts';
import { unauthorized } from './tokens/unauthorized.ts';

/** One token for a platform: few fetches, whatever it answers, and no score lost to a refusal of the tool. */
export const tokensAttacks: readonly Attack[] = [
  onePerLifetime,
  expiring,
  scopes,
  refused,
  clockSkew,
  unauthorized,
];
