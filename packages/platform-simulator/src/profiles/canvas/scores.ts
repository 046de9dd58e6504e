import { asNumeric, isSet, readObject } from '../body.ts';
import type { ReadScore, ScoreContext } from '../profile.ts';
import { Refused } from '../refusals.ts';

const SUBMISSION = 'https://canvas.instructure.com/lti/submission';
const REQUIRED = ['userId', 'activityProgress', 'gradingProgress', 'timestamp'];
const SUBMITTED_AHEAD_MS = 60_000;

/** A score as Canvas takes it, checked in Canvas' order: course, user, required members, times, numbers. */
export function readScore(context: ScoreContext): ReadScore {
  const { course, item, request } = context;
  if (course.concluded) throw new Refused('courseConcluded');
  if (!item.published) throw new Refused('unpublished');
  const posted = readObject(request.body) ?? {};
  const missing = REQUIRED.find((name) => !isSet(posted[name]));
  if (missing)
    throw new Refused('scoreMalformed', { detail: `param is missing or the value is empty: ${missing}` });
  const member = memberOf(context, String(posted.userId));
  const timestamp = Date.parse(String(posted.timestamp));
  if (Number.isNaN(timestamp)) {
    throw new Refused('scoreMalformed', { detail: 'Provided timestamp is not a valid timestamp.' });
  }
  const submittedAt = submittedAtOf(posted, request.now);
  const { given, maximum } = pointsOf(posted, item.scoreMaximum);
  const extension = objectOf(posted[SUBMISSION]);
  const files = filesOf(extension).map(({ url }) => String(url));
  // Files make it an upload, whatever its type says.
  const noSubmission =
    extension.new_submission === false || (extension.submission_type === 'none' && files.length === 0);
  if (extension.submission_type === 'online_upload' && files.length === 0) {
    throw new Refused('scoreInvalid', {
      detail: "Content items must be provided with submission type 'online_upload'",
    });
  }
  return {
    member,
    given,
    maximum,
    timestamp,
    activityProgress: String(posted.activityProgress),
    gradingProgress: String(posted.gradingProgress),
    ...(isSet(posted.comment) ? { comment: String(posted.comment) } : {}),
    ...(submittedAt === undefined ? {} : { submittedAt }),
    ...(noSubmission ? { newSubmission: false } : {}),
    ...(files.length > 0 ? { files } : {}),
    preserveScore: extension.preserve_score === true,
    prioritizeNonToolGrade: extension.prioritize_non_tool_grade === true,
  };
}

/** The files that come with a score, as its answer repeats them. */
export function contentItemsOf(body: string): object[] {
  return filesOf(objectOf(readObject(body)?.[SUBMISSION]));
}

function filesOf({ content_items: items }: Record<string, unknown>): Record<string, unknown>[] {
  return Array.isArray(items) ? items.map(objectOf).filter(({ type }) => type === 'file') : [];
}

/** Canvas takes the LTI id as well as its own number. */
function memberOf({ world, course }: ScoreContext, userId: string): ReadScore['member'] {
  const member =
    world.member(course, userId) ??
    (/^\d+$/.test(userId)
      ? [...course.members.values()].find(
          (each) => each.number === Number(userId) && each.status !== 'removed',
        )
      : undefined);
  if (member?.role !== 'learner' || member.status !== 'active')
    throw new Refused('userNotGradable', { userId });
  return member;
}

function submittedAtOf(posted: Record<string, unknown>, now: number): number | undefined {
  const value = objectOf(posted.submission).submittedAt ?? objectOf(posted[SUBMISSION]).submitted_at;
  if (!isSet(value)) return undefined;
  const submittedAt = Date.parse(String(value));
  if (Number.isNaN(submittedAt)) {
    throw new Refused('scoreMalformed', { detail: 'Provided submittedAt is not a valid timestamp.' });
  }
  if (submittedAt > now + SUBMITTED_AHEAD_MS) {
    throw new Refused('scoreMalformed', { detail: 'Provided submittedAt timestamp is in the future.' });
  }
  return submittedAt;
}

function pointsOf(
  posted: Record<string, unknown>,
  itemMaximum: number,
): { given: number | null; maximum: number } {
  const refuse = (detail: string): never => {
    throw new Refused('scoreInvalid', { detail });
  };
  if (!isSet(posted.scoreGiven)) return { given: null, maximum: 1 };
  if (!isSet(posted.scoreMaximum)) refuse('ScoreMaximum not supplied when ScoreGiven present.');
  const maximum = asNumeric(posted.scoreMaximum) ?? 0;
  const given = asNumeric(posted.scoreGiven) ?? 0;
  if (maximum < 0) refuse('ScoreMaximum must be greater than or equal to 0');
  if (maximum === 0 && itemMaximum !== 0) {
    refuse("ScoreMaximum cannot be zero if line item's maximum is not zero");
  }
  if (given < 0) refuse('ScoreGiven must be greater than or equal to 0');
  return { given, maximum };
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
