import type { Grade } from '@gradewire/autograders';
import { targetOfGrade, type WebhookSource } from '@gradewire/passback';
import type { Why } from './sieve.ts';

/** Stands in for a student who is not known yet, so that everything else can be judged before. */
const SOMEBODY = 'somebody';

/**
 * A grade as the body of a score, not checked yet: what the sender does not say is taken from its source. Its platform is the
 * source's, and no document can choose another.
 */
export function completeGrade(
  grade: Grade,
  source: Pick<WebhookSource, 'platformId' | 'target' | 'defaults'>,
  receivedAtMs: number,
): { ok: true; input: Record<string, unknown> } | { ok: false; why: Why } {
  const { platformId, defaults } = source;
  const said = givenOf(grade.fields);
  if (said.platformId !== undefined && said.platformId !== platformId) return { ok: false, why: elsewhere };
  if (grade.userId === undefined && grade.identities.length === 0) return { ok: false, why: nobody };
  const fields = { timestamp: new Date(receivedAtMs).toISOString(), ...givenOf(defaults), ...said };
  const target = said.target ?? (source.target && targetOf(source.target, grade, fields));
  if (target === undefined) return { ok: false, why: source.target ? noAssignment : noTarget };
  return { ok: true, input: { ...fields, platformId, userId: grade.userId ?? SOMEBODY, target } };
}

function targetOf(
  target: NonNullable<WebhookSource['target']>,
  { assignment }: Grade,
  { scoreMaximum }: Record<string, unknown>,
): object | undefined {
  return targetOfGrade(target, { assignment, scoreMaximum });
}

/** A member that is undefined says nothing. */
function givenOf(members: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

const elsewhere: Why = {
  reason: 'INVALID_SCORE',
  detail: '/platformId names another platform than that of the source',
  errors: [{ pointer: '/platformId', detail: 'must be the platform of the source, or be left out' }],
};

const nobody: Why = {
  reason: 'NO_STUDENT',
  detail: 'it names no student, or by nothing that can be a login, an address, an id or a name',
};

const noTarget: Why = { reason: 'NO_TARGET', detail: 'neither the grade nor the source has a target' };

const noAssignment: Why = {
  reason: 'NO_ASSIGNMENT',
  detail: 'the source has a column for each assignment, and the grade names none',
};
