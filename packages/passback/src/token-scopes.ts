import { SCOPES } from '@gradewire/ags';

const ALL = [SCOPES.lineItem, SCOPES.lineItemReadonly, SCOPES.resultReadonly, SCOPES.score];

/**
 * What to ask a token endpoint for by somebody who needs `needed`, best first. One token for all of AGS serves every
 * request of a platform. An endpoint that refuses the whole request for one scope (Sakai) is asked for what is needed
 * beside scores, and if that is refused too for scores alone; one that grants less (Moodle) has said so.
 */
export function scopeSets(needed: readonly string[]): string[][] {
  const sets = [[...ALL, ...needed], [SCOPES.score, ...needed], [SCOPES.score]];
  const sorted = sets.map((scopes) => [...new Set(scopes)].sort());
  return sorted.filter((scopes, i) => i === 0 || scopes.length < sorted[i - 1]!.length);
}
