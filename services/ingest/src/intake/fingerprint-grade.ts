import type { Grade, ReadingProblem } from '@gradewire/autograders';
import { fingerprintOf } from '../http/fingerprint.ts';
import { isTooDeep } from '../http/validate.ts';

/** 128 bits: there may be thousands in a delivery. */
const CHARACTERS = 22;

/**
 * What tells a grade from others of its delivery, whenever and by which mapping it is read: what it says, not where it stands.
 * Two that say the same are one.
 */
export function fingerprintGrade({ index, userId, identities, assignment, fields }: Grade): string {
  const said = { userId, identities, assignment, fields };
  return fingerprintOf(isTooDeep(said) ? { tooDeep: index } : said).slice(0, CHARACTERS);
}

/** The same of a part that no grade could be read from. */
export function fingerprintProblem({ index, detail }: Pick<ReadingProblem, 'index' | 'detail'>): string {
  return fingerprintOf({ index, problem: detail }).slice(0, CHARACTERS);
}
