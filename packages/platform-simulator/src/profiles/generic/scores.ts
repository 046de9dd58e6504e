import { isSet, readObject } from '../body.ts';
import type { ReadScore, ScoreContext } from '../profile.ts';
import { Refused } from '../refusals.ts';
import { gradable } from '../users.ts';

const ACTIVITY = ['Initialized', 'Started', 'InProgress', 'Submitted', 'Completed'];
const GRADING = ['FullyGraded', 'Pending', 'PendingManual', 'Failed', 'NotReady'];
/** Zone and fractional seconds, as every example of AGS 2.0 3.4.9 has them. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d+(Z|[+-]\d{2}:?\d{2})$/;

/** A score by the letter of AGS 2.0 3.4. */
export function readScore(context: ScoreContext): ReadScore {
  const { request } = context;
  const posted = readObject(request.body);
  const invalid = (detail: string): never => {
    throw new Refused('scoreInvalid', { detail });
  };
  if (!posted) throw new Refused('scoreMalformed', { detail: 'The body is not a JSON object' });
  const { userId, activityProgress, gradingProgress, timestamp, comment } = posted;
  if (typeof userId !== 'string' || userId === '') return invalid('userId must be a string');
  if (!ACTIVITY.includes(activityProgress as string))
    return invalid('activityProgress is not one of the five');
  if (!GRADING.includes(gradingProgress as string)) return invalid('gradingProgress is not one of the five');
  if (typeof timestamp !== 'string' || !TIMESTAMP.test(timestamp) || Number.isNaN(Date.parse(timestamp))) {
    return invalid('timestamp must be ISO 8601 with zone and fractional seconds');
  }
  if (isSet(comment) && typeof comment !== 'string') return invalid('comment must be a string');
  const given = pointsOf(posted, invalid);
  return {
    member: gradable(context, userId),
    ...given,
    timestamp: Date.parse(timestamp),
    activityProgress: activityProgress as string,
    gradingProgress: gradingProgress as string,
    ...(typeof comment === 'string' ? { comment } : {}),
  };
}

function pointsOf(
  { scoreGiven, scoreMaximum }: Record<string, unknown>,
  invalid: (detail: string) => never,
): { given: number | null; maximum: number } {
  if (!isSet(scoreGiven)) return { given: null, maximum: 1 };
  if (typeof scoreGiven !== 'number' || scoreGiven < 0) return invalid('scoreGiven must be a number from 0');
  if (typeof scoreMaximum !== 'number' || !(scoreMaximum > 0)) {
    return invalid('scoreMaximum must be a number above 0 when there is a scoreGiven');
  }
  return { given: scoreGiven, maximum: scoreMaximum };
}
