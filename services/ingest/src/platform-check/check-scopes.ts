import { SCOPES } from '@gradewire/ags';
import type { ProfileName } from '@gradewire/passback';
import { type CheckStep, failed, passed, warned } from './check-step.ts';

/** Whether the columns of a course can be read with these scopes; `lineitem` is meant to include reading. */
export function mayReadLineItems(granted: readonly string[]): boolean {
  return granted.includes(SCOPES.lineItem) || granted.includes(SCOPES.lineItemReadonly);
}

const USES = [
  [SCOPES.score, 'sending scores'],
  [SCOPES.lineItem, 'managing columns'],
  [SCOPES.resultReadonly, 'reading results'],
] as const;

/**
 * What the granted scopes allow: without scores nothing works, without columns or results less does.
 * @param asked less than all when the platform had refused the whole for one of them
 */
export function checkScopes(
  granted: readonly string[],
  asked: readonly string[],
  profile: ProfileName,
): CheckStep {
  const has = (scope: string) => granted.includes(scope);
  const missing = USES.filter(([scope]) => !has(scope)).map(([scope, use]) => `${use} (${scope})`);
  if (missing.length === 0) return passed('scopes', 'All that is of use is granted.');
  const refused = asked.includes(SCOPES.resultReadonly) ? '' : ' The whole was refused for one of them.';
  const detail = `Not granted: ${missing.join(', ')}.${refused}`;
  if (!has(SCOPES.score)) return failed('scopes', { finding: 'SCORES_NOT_ALLOWED', detail }, profile);
  const finding = has(SCOPES.lineItem) ? 'RESULTS_NOT_ALLOWED' : 'COLUMNS_NOT_ALLOWED';
  return warned('scopes', { finding, detail }, profile);
}
