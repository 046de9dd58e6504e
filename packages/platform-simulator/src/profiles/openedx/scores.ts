import { asNumeric, isSet, readObject } from '../body.ts';
import type { ReadScore, ScoreContext } from '../profile.ts';
import { Refused } from '../refusals.ts';

const REQUIRED = ['timestamp', 'activityProgress', 'gradingProgress', 'userId'];

/** A score as Open edX takes it (serializers.py): fields of the right type, and of anybody. */
export function readScore({ request, member: find }: ScoreContext): ReadScore {
  const posted = readObject(request.body);
  if (!posted) throw new Refused('scoreMalformed', { detail: 'JSON parse error' });
  const invalid = (field: string, message: string): never => {
    throw new Refused('scoreInvalid', { detail: `${field}: ${message}` });
  };
  for (const name of REQUIRED) if (!isSet(posted[name])) invalid(name, 'This field is required.');
  const timestamp = Date.parse(String(posted.timestamp));
  if (Number.isNaN(timestamp)) invalid('timestamp', 'Datetime has wrong format.');
  const given = numberOf(posted.scoreGiven);
  const maximum = numberOf(posted.scoreMaximum);
  if (given === undefined) return invalid('scoreGiven', 'A valid number is required.');
  if (maximum === undefined) return invalid('scoreMaximum', 'A valid number is required.');
  if (given !== null && !maximum) {
    invalid('scoreMaximum', 'scoreMaximum is a required field when providing a scoreGiven value.');
  }
  if (posted.comment === '') invalid('comment', 'This field may not be blank.');
  const userId = String(posted.userId);
  const member = find(userId);
  if (!member) throw new Refused('userUnknown', { userId });
  return {
    member,
    given,
    maximum: maximum ?? 1,
    timestamp,
    activityProgress: String(posted.activityProgress),
    gradingProgress: String(posted.gradingProgress),
    ...(isSet(posted.comment) ? { comment: String(posted.comment) } : {}),
  };
}

/** Undefined for what is no number. */
function numberOf(value: unknown): number | null | undefined {
  return isSet(value) ? asNumeric(value) : null;
}
