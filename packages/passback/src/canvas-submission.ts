import { canonicalJson } from './canonical-json.ts';
import { type CanvasSubmission, canvasSubmissionIn } from './canvas-extension.ts';
import { shortHash } from './cell.ts';
import { isProgressReport, type ScoreContent } from './score.ts';

/** What Canvas knows of the attempts of a student, by posts of ours that it took. */
export interface HandedIn {
  /** When the last attempt was handed in, which is how Canvas knows it again. */
  submittedAt?: string;
  /** The files that came with it. */
  filesHash?: string;
}

interface Posting {
  score: ScoreContent;
  delivered?: HandedIn | undefined;
  wireTimestampMs?: number | undefined;
  /** Canvas said that the student has no attempts left: only the grade goes. */
  withoutAttempt?: boolean | undefined;
}

/** Canvas' part of a post, and what Canvas knows of the attempts once it has taken it. */
export interface CanvasPart {
  extension: CanvasSubmission;
  submittedAt?: string;
  handedIn: HandedIn;
}

/**
 * Canvas takes every post for a new attempt, and every one without a final grade for the wish to clear, unless told
 * otherwise. So work that is handed in for the first time is an attempt, or again with another `submittedAt` or other
 * files; work that goes on is none, nor is a regrade. What the caller says of itself goes before all this.
 */
export function canvasPartOf(posting: Posting): CanvasPart {
  const { score, delivered = {}, wireTimestampMs, withoutAttempt = false } = posting;
  const own = canvasSubmissionIn(score.extensions);
  const given = score.submission?.submittedAt;
  const filesHash = own.content_items?.length ? shortHash(canonicalJson(own.content_items)) : undefined;
  const isFirst = delivered.submittedAt === undefined;
  const isAgain = given !== undefined && given !== delivered.submittedAt;
  const hasNewFiles = filesHash !== undefined && filesHash !== delivered.filesHash;
  const handsIn = isHandedIn(score) && (isFirst || isAgain || hasNewFiles);
  const said: CanvasSubmission = {
    ...((!handsIn || withoutAttempt) && { new_submission: false }),
    ...(isProgressReport(score) && { preserve_score: true }),
    ...own,
  };
  const isAttempt = said.new_submission !== false && said.submission_type !== 'none';
  const isNew = (handsIn || isAttempt) && (isFirst || hasNewFiles || own.new_submission === true);
  const submittedAt = given ?? (isNew ? instantOf(score, wireTimestampMs) : delivered.submittedAt);
  const isKnown = isAttempt || (handsIn && withoutAttempt);
  return {
    extension: isAttempt ? said : withoutFiles(said),
    ...(submittedAt && { submittedAt }),
    handedIn: handedInOf(isKnown ? { submittedAt, filesHash: filesHash ?? delivered.filesHash } : delivered),
  };
}

function isHandedIn({ scoreGiven, activityProgress }: ScoreContent): boolean {
  return scoreGiven !== null && (activityProgress === 'Submitted' || activityProgress === 'Completed');
}

function instantOf(score: ScoreContent, wireTimestampMs: number | undefined): string | undefined {
  if (score.timestamp !== undefined) return score.timestamp;
  return wireTimestampMs === undefined ? undefined : new Date(wireTimestampMs).toISOString();
}

/** Canvas fetches the files with every post and hands them in only with an attempt; without them there is no upload. */
function withoutFiles({ content_items: files, ...said }: CanvasSubmission): CanvasSubmission {
  if (files === undefined || said.submission_type !== 'online_upload') return said;
  const { submission_type: _, ...rest } = said;
  return rest;
}

function handedInOf({
  submittedAt,
  filesHash,
}: Partial<Record<keyof HandedIn, string | undefined>>): HandedIn {
  return { ...(submittedAt && { submittedAt }), ...(filesHash && { filesHash }) };
}
