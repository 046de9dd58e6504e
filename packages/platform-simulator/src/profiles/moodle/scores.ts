import { asNumeric, isSet, readObject } from '../body.ts';
import type { ReadScore, ScoreContext } from '../profile.ts';
import { Refused } from '../refusals.ts';
import { parseIso8601 } from './timestamps.ts';

/** A score as Moodle 4.5.6 takes it: one 400 for everything that is wrong, the user included. */
export function readScore({ world, course, request }: ScoreContext): ReadScore {
  const posted = readObject(request.body);
  const timestamp = parseIso8601(posted?.timestamp);
  const given = asNumeric(posted?.scoreGiven);
  const maximum = asNumeric(posted?.scoreMaximum);
  if (
    !posted ||
    timestamp === undefined ||
    !isSet(posted.userId) ||
    !isSet(posted.gradingProgress) ||
    !isSet(posted.activityProgress) ||
    (isSet(posted.scoreGiven) && (given === undefined || !isSet(posted.scoreMaximum))) ||
    (isSet(posted.scoreMaximum) && maximum === undefined)
  ) {
    throw new Refused('scoreMalformed');
  }
  const userId = String(posted.userId);
  if (!/^\d{1,18}$/.test(userId)) throw new Refused('scoreUserUnreadable');
  const member = world.member(course, String(Number(userId)));
  if (member?.role !== 'learner') throw new Refused('userNotGradable', { userId });
  return {
    member,
    given: given ?? null,
    maximum: maximum ?? 1,
    timestamp,
    activityProgress: String(posted.activityProgress),
    gradingProgress: String(posted.gradingProgress),
    ...(isSet(posted.comment) ? { comment: String(posted.comment) } : {}),
  };
}
