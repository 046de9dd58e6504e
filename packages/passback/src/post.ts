import type { AgsScore } from '@gradewire/ags';
import { contentHashOf, shortHash } from './cell.ts';
import { gradeOf, pointsOf } from './points.ts';
import { type Profile, takesExtension } from './profiles.ts';
import { isProgressReport, type Score } from './score.ts';

/** What the platform has of a cell, as far as posts of ours that it took tell. */
export interface DeliveredFacts {
  contentHash: string;
  /** A grade of ours is shown. */
  hasGrade: boolean;
  /** That grade, from 0 to 1 and beyond. */
  grade?: number;
  /** The last comment sent. */
  commentHash?: string;
  /** The time that the last attempt was handed in, which is how Canvas knows it again. */
  submittedAt?: string;
}

/** Post this. `facts` hold once the platform has taken it. */
export interface Post {
  do: 'post';
  body: AgsScore;
  facts: DeliveredFacts;
}

/** Nothing to post: the score is settled. */
export type Settled =
  | { do: 'settle'; status: 'delivered'; reason?: 'UNCHANGED'; facts: DeliveredFacts }
  | { do: 'settle'; status: 'superseded'; reason: 'WOULD_CLEAR_GRADE' };

/**
 * Read the user's result first, since an earlier post of the cell has an unknown end, and then ask `afterResults`.
 * `seek`: the grade of this very score (posting it twice would cost), or any grade (posting would erase it).
 */
export interface ReadResults {
  do: 'readResults';
  seek: 'thisGrade' | 'anyGrade';
  otherwise: Post;
}

export type PostDecision = Post | Settled | ReadResults;

/** The part of a platform's result that decides. */
export interface ResultSeen {
  resultScore?: number | null;
  /** 1 when the platform names none. */
  resultMaximum?: number | null;
}

const CANVAS_SUBMISSION = 'https://canvas.instructure.com/lti/submission';

/**
 * What to do about the newest score of a cell, on this platform.
 * @param options.delivered what the cell has of ours, if anything
 * @param options.wireTimestampMs the timestamp that the post carries, the same on every retry
 * @param options.inDoubt an earlier post of the cell may have landed without our knowing
 * @param options.sent that post was of this very score
 */
export function decidePost(options: {
  score: Score;
  delivered?: DeliveredFacts | undefined;
  profile: Profile;
  wireTimestampMs: number;
  inDoubt: boolean;
  sent: boolean;
}): PostDecision {
  const { score, delivered, profile, inDoubt, sent } = options;
  const unchanged = delivered?.contentHash === contentHashOf(score);
  // In doubt, something else may have landed since.
  if (unchanged && !inDoubt && !score.force) {
    return { do: 'settle', status: 'delivered', reason: 'UNCHANGED', facts: delivered };
  }
  const erases = profile.clearsOnProgress && isProgressReport(score) && !score.force;
  if (erases && delivered?.hasGrade) {
    return { do: 'settle', status: 'superseded', reason: 'WOULD_CLEAR_GRADE' };
  }
  const post: Post = { do: 'post', body: bodyOf(options), facts: factsAfter(options) };
  if (!inDoubt) return post;
  if (erases) return { do: 'readResults', seek: 'anyGrade', otherwise: post };
  if (!profile.repeatsCost || gradeOf(score) === undefined) return post;
  // Where only the comment may be new, the result looks the same before and after: a comment twice is better than none.
  const commentUnsent = score.comment !== undefined && !sent;
  const tellsNothing = !unchanged && (commentUnsent || delivered?.grade === gradeOf(score));
  return tellsNothing ? post : { do: 'readResults', seek: 'thisGrade', otherwise: post };
}

/**
 * The decision once the result has been read.
 * @param result what the platform has for the user, null when nothing, undefined when it could not be read
 */
export function afterResults(
  decision: ReadResults,
  score: Score,
  result: ResultSeen | null | undefined,
): Post | Settled {
  const { seek, otherwise } = decision;
  if (seek === 'anyGrade') {
    // What cannot be read may be a grade, and a progress report never erases one.
    const mayErase = result === undefined || hasGrade(result);
    return mayErase ? { do: 'settle', status: 'superseded', reason: 'WOULD_CLEAR_GRADE' } : otherwise;
  }
  if (!result || !resultShows(result, score)) return otherwise;
  return { do: 'settle', status: 'delivered', facts: otherwise.facts };
}

/**
 * Whether a result is what posting this score would have made of it. A cleared grade shows as none, and one above the
 * maximum may be cut to it (Moodle, Open edX).
 */
export function resultShows(result: ResultSeen | null, score: Score): boolean {
  if (!hasGrade(result)) return score.scoreGiven === null;
  const expected = gradeOf(score);
  if (expected === undefined) return false;
  const maximum = result.resultMaximum || 1;
  const shown = result.resultScore / maximum;
  // Platforms keep two decimals at the least; of a small maximum that is more than a grade may be off.
  const tolerance = 0.00501 / Math.max(5, maximum);
  return [expected, Math.min(1, expected)].some((grade) => Math.abs(shown - grade) <= tolerance);
}

/** What the platform has of a cell after it took this score. `previous` are the facts before. */
export function deliveredFactsOf(
  score: Score,
  profile: Profile,
  previous?: DeliveredFacts,
  wireTimestampMs?: number,
): DeliveredFacts {
  return factsAfter({ score, profile, delivered: previous, wireTimestampMs });
}

interface Posting {
  score: Score;
  profile: Profile;
  delivered?: DeliveredFacts | undefined;
  wireTimestampMs?: number | undefined;
}

function factsAfter(posting: Posting): DeliveredFacts {
  const { score, delivered, profile } = posting;
  const kept = isProgressReport(score) && !profile.clearsOnProgress;
  const grade = kept ? delivered?.grade : isProgressReport(score) ? undefined : gradeOf(score);
  const commentHash = score.comment ? shortHash(score.comment) : delivered?.commentHash;
  const submittedAt = submittedAtOf(posting);
  return {
    contentHash: contentHashOf(score),
    hasGrade: grade !== undefined,
    ...(grade !== undefined && { grade }),
    ...(commentHash && { commentHash }),
    ...(submittedAt && { submittedAt }),
  };
}

function bodyOf(posting: Posting & { wireTimestampMs: number }): AgsScore {
  const { score, profile, wireTimestampMs } = posting;
  const comment = commentOf(posting);
  const submission = submissionOf(posting);
  return {
    userId: score.userId,
    ...pointsOf(score),
    ...(comment !== undefined && { comment }),
    timestamp: new Date(wireTimestampMs).toISOString(),
    ...progressOf(score, profile),
    ...(submission && !profile.strictMembers && { submission }),
    ...(score.scoringUserId && !profile.strictMembers && { scoringUserId: score.scoringUserId }),
    ...extensionsOf(posting),
  };
}

function progressOf(score: Score, profile: Profile): Pick<AgsScore, 'activityProgress' | 'gradingProgress'> {
  return score.scoreGiven === null && profile.clearsByNotReady
    ? { activityProgress: 'Initialized', gradingProgress: 'NotReady' }
    : { activityProgress: score.activityProgress, gradingProgress: score.gradingProgress };
}

function commentOf({ score, profile, delivered }: Posting): string | undefined {
  if (profile.erasesMissingComment) return score.comment;
  const isNew = score.comment && shortHash(score.comment) !== delivered?.commentHash;
  return isNew ? score.comment : undefined;
}

function submissionOf(posting: Posting): AgsScore['submission'] {
  const { score, profile } = posting;
  if (profile.name !== 'canvas') return score.submission;
  const submittedAt = submittedAtOf(posting);
  return submittedAt ? { ...score.submission, submittedAt } : score.submission;
}

function submittedAtOf({ score, profile, delivered, wireTimestampMs }: Posting): string | undefined {
  const given = score.submission?.submittedAt;
  if (profile.name !== 'canvas' || given !== undefined) return given;
  if (delivered?.submittedAt !== undefined) return delivered.submittedAt;
  if (score.timestamp !== undefined) return score.timestamp;
  return wireTimestampMs === undefined ? undefined : new Date(wireTimestampMs).toISOString();
}

function extensionsOf(posting: Posting): Record<`https://${string}`, unknown> {
  const { score, profile } = posting;
  const callers = Object.fromEntries(
    Object.entries(score.extensions ?? {}).filter(([url]) => takesExtension(profile.name, url)),
  );
  if (profile.name !== 'canvas') return callers;
  const submission = { ...canvasSubmissionOf(posting), ...objectOrNothing(callers[CANVAS_SUBMISSION]) };
  if (Object.keys(submission).length === 0) return callers;
  return { ...callers, [CANVAS_SUBMISSION]: submission };
}

/** Canvas takes every post for a new attempt, and every one without a final grade for the wish to clear, unless told. */
function canvasSubmissionOf({ score, delivered }: Posting) {
  const given = score.submission?.submittedAt;
  const handedInAgain = given !== undefined && given !== delivered?.submittedAt;
  const update = (delivered !== undefined && !handedInAgain) || score.scoreGiven === null;
  return {
    ...(update && { new_submission: false }),
    ...(isProgressReport(score) && { preserve_score: true }),
  };
}

function hasGrade(result: ResultSeen | null): result is ResultSeen & { resultScore: number } {
  return typeof result?.resultScore === 'number';
}

function objectOrNothing(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
