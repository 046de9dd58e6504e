import type { AgsScore } from '@gradewire/ags';
import { CANVAS_SUBMISSION, keepsAnyGrade } from './canvas-extension.ts';
import { type CanvasPart, canvasPartOf } from './canvas-submission.ts';
import { contentHashOf, shortHash } from './cell.ts';
import { afterSeekingOthers, type SeekOthers } from './overwrite.ts';
import { gradeOf, pointsOf } from './points.ts';
import { type Profile, takesExtension } from './profiles.ts';
import { hasGrade, type ResultSeen, resultShows } from './result-seen.ts';
import { isProgressReport, type Score, type ScoreContent } from './score.ts';

/** What the platform has of a cell, as far as posts of ours that it took tell. */
export interface DeliveredFacts {
  contentHash: string;
  /** A grade of ours is shown. */
  hasGrade: boolean;
  /** That grade, from 0 to 1 and beyond. */
  grade?: number;
  /** The grade of ours that was shown before it, or before there was none: it tells a lost update from a teacher's change. */
  previousGrade?: number;
  /** The last comment sent. */
  commentHash?: string;
  /** The time that the last attempt was handed in, which is how Canvas knows it again. */
  submittedAt?: string;
  /** The files that came with it. */
  filesHash?: string;
}

/** Post this. `facts` hold once the platform has taken it. */
export interface Post {
  do: 'post';
  body: AgsScore;
  facts: DeliveredFacts;
  /** What is not as the caller may expect, although the platform takes it. */
  detail?: string;
}

/** Nothing to post: the score is settled. `facts` are what the cell has of ours from then on. */
export type Settled =
  | { do: 'settle'; status: 'delivered'; reason?: 'UNCHANGED'; facts: DeliveredFacts }
  | { do: 'settle'; status: 'superseded'; reason: 'WOULD_CLEAR_GRADE' }
  | {
      do: 'settle';
      status: 'superseded';
      reason: 'KEPT_TEACHERS_GRADE';
      detail: string;
      facts?: DeliveredFacts;
    }
  | { do: 'settle'; status: 'dead'; reason: 'RESULTS_UNREADABLE'; detail: string };

/**
 * Read the user's result first, and then ask `afterResults`. `seek`: the grade of this very score (it may have landed, and
 * posting it twice would cost), or any grade (posting would erase it).
 */
interface SeekGrade {
  do: 'readResults';
  seek: 'thisGrade' | 'anyGrade';
  /** Trouble on the way to the results is waited out; else they count as not to be read. */
  must: boolean;
  otherwise: Post;
}

export type ReadResults = SeekGrade | SeekOthers;

export type PostDecision = Post | Settled | ReadResults;

interface PostQuestion {
  score: Score;
  delivered?: DeliveredFacts | undefined;
  profile: Profile;
  wireTimestampMs: number;
  inDoubt: boolean;
  sent: boolean;
  earlier?: readonly Pick<ScoreContent, 'scoreGiven' | 'scoreMaximum'>[];
  withoutAttempt?: boolean;
}

/**
 * What to do about the newest score of a cell, on this platform.
 * @param options.delivered what the cell has of ours, if anything
 * @param options.wireTimestampMs the timestamp that the post carries, the same on every retry
 * @param options.inDoubt an earlier post of the cell may have landed without our knowing
 * @param options.sent that post was of this very score
 * @param options.earlier older scores of the cell whose posts may have landed without our knowing
 * @param options.withoutAttempt Canvas said that the student has no attempts left
 */
export function decidePost(options: PostQuestion): PostDecision {
  const { score, delivered, profile, inDoubt, sent, withoutAttempt } = options;
  const unchanged = delivered?.contentHash === contentHashOf(score);
  // In doubt, something else may have landed since.
  if (unchanged && !inDoubt && !score.force) {
    return { do: 'settle', status: 'delivered', reason: 'UNCHANGED', facts: delivered };
  }
  const erases = profile.clearsOnProgress && isProgressReport(score) && !score.force;
  if (erases && delivered?.hasGrade) {
    return { do: 'settle', status: 'superseded', reason: 'WOULD_CLEAR_GRADE' };
  }
  const post: Post = {
    do: 'post',
    body: bodyOf(options),
    facts: factsAfter(options),
    ...(withoutAttempt && { detail: 'the student has no attempts left: the grade went without a new one' }),
  };
  // Where only the comment may be new, the result looks the same before and after: a comment twice is better than none.
  const commentUnsent = score.comment !== undefined && !sent;
  const tellsNothing = !unchanged && (commentUnsent || delivered?.grade === gradeOf(score));
  const canTell = !profile.results.echoesPosts;
  if (score.overwrite === 'unlessEdited' && canTell && !keepsAnyGrade(post.body)) {
    return seekOthers(options, { post, erases, provesLanding: sent && !tellsNothing });
  }
  if (erases && (inDoubt || canTell))
    return { do: 'readResults', seek: 'anyGrade', must: inDoubt, otherwise: post };
  if (!inDoubt || !profile.repeatsCost || gradeOf(score) === undefined || tellsNothing) return post;
  return { do: 'readResults', seek: 'thisGrade', must: true, otherwise: post };
}

/**
 * The decision once the result has been read.
 * @param result what the platform has for the user, null when nothing, undefined when it could not be read
 * @param why it could not be read
 */
export function afterResults(
  decision: ReadResults,
  score: Score,
  result: ResultSeen | null | undefined,
  why = '',
): Post | Settled {
  if (decision.seek === 'othersGrade') return afterSeekingOthers(decision, score, result, why);
  const { seek, must, otherwise } = decision;
  if (seek === 'anyGrade') {
    // In doubt, what cannot be read may be a grade of ours, and a progress report never erases one.
    const mayErase = result === undefined ? must : hasGrade(result);
    return mayErase ? { do: 'settle', status: 'superseded', reason: 'WOULD_CLEAR_GRADE' } : otherwise;
  }
  if (!result || !resultShows(result, score)) return otherwise;
  return { do: 'settle', status: 'delivered', facts: otherwise.facts };
}

function seekOthers(
  question: PostQuestion,
  { post, erases, provesLanding }: { post: Post; erases: boolean; provesLanding: boolean },
): SeekOthers {
  const { score, delivered, profile, inDoubt, sent, earlier = [] } = question;
  const unknown = [...earlier, ...(sent ? [score] : [])].map(gradeOf);
  const ours = [delivered?.grade, delivered?.previousGrade, ...unknown].filter(
    (grade) => grade !== undefined,
  );
  // Canvas then leaves alone any grade, one of ours too (scores_controller.rb, prioritize_non_tool_grade).
  const guarded = profile.name === 'canvas' && !inDoubt && typeof score.scoreGiven === 'number';
  const ontoNothing = guarded ? { ...post, body: bodyOf({ ...question, ontoNothing: true }) } : post;
  return {
    do: 'readResults',
    seek: 'othersGrade',
    must: true,
    delivered,
    ours,
    inDoubt,
    provesLanding,
    erases,
    otherwise: post,
    ontoNothing,
  };
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
  withoutAttempt?: boolean;
  ontoNothing?: boolean;
}

function factsAfter(posting: Posting): DeliveredFacts {
  const { score, delivered, profile } = posting;
  const kept = isProgressReport(score) && !profile.clearsOnProgress;
  const grade = kept ? delivered?.grade : isProgressReport(score) ? undefined : gradeOf(score);
  const commentHash = score.comment ? shortHash(score.comment) : delivered?.commentHash;
  const submittedAt = score.submission?.submittedAt;
  const handedIn = canvasPart(posting)?.handedIn ?? (submittedAt ? { submittedAt } : {});
  const previousGrade = grade === delivered?.grade ? delivered?.previousGrade : delivered?.grade;
  return {
    contentHash: contentHashOf(score),
    hasGrade: grade !== undefined,
    ...(grade !== undefined && { grade }),
    ...(previousGrade !== undefined && { previousGrade }),
    ...(commentHash && { commentHash }),
    ...handedIn,
  };
}

function bodyOf(posting: Posting & { wireTimestampMs: number }): AgsScore {
  const { score, profile, wireTimestampMs } = posting;
  const comment = commentOf(posting);
  const submission = submissionOf(posting);
  const extensions = extensionsOf(posting);
  // Some versions of Canvas take the points of PendingManual for a grade, whatever is to be preserved.
  const withoutPoints = isProgressReport(score) && keepsAnyGrade(extensions);
  return {
    userId: score.userId,
    ...(!withoutPoints && pointsOf(score)),
    ...(comment !== undefined && { comment }),
    timestamp: new Date(wireTimestampMs).toISOString(),
    ...progressOf(score, profile),
    ...(submission && !profile.strictMembers && { submission }),
    ...(score.scoringUserId && !profile.strictMembers && { scoringUserId: score.scoringUserId }),
    ...extensions,
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
  const { submission } = posting.score;
  const submittedAt = canvasPart(posting)?.submittedAt;
  return submittedAt ? { ...submission, submittedAt } : submission;
}

function extensionsOf(posting: Posting): Record<`https://${string}`, unknown> {
  const { score, profile, ontoNothing } = posting;
  const callers = Object.fromEntries(
    Object.entries(score.extensions ?? {}).filter(([url]) => takesExtension(profile.name, url)),
  );
  const part = canvasPart(posting);
  if (!part) return callers;
  const submission = { ...(ontoNothing && { prioritize_non_tool_grade: true }), ...part.extension };
  if (Object.keys(submission).length === 0) return callers;
  return { ...callers, [CANVAS_SUBMISSION]: submission };
}

function canvasPart({ profile, ...posting }: Posting): CanvasPart | undefined {
  return profile.name === 'canvas' ? canvasPartOf(posting) : undefined;
}
