import { gradesOnlyNothing } from './canvas-extension.ts';
import type { DeliveredFacts, Post, Settled } from './post.ts';
import { hasGrade, type ResultSeen, resultShows, showsGrade } from './result-seen.ts';
import type { Score } from './score.ts';

/** Read the user's result first, and post only where it is ours, or where there is none: `overwrite` is `unlessEdited`. */
export interface SeekOthers {
  do: 'readResults';
  seek: 'othersGrade';
  must: true;
  /** What the cell has of ours. */
  delivered: DeliveredFacts | undefined;
  /** Grades of ours that may be shown (1 being full points): the last two, and those of posts whose end is unknown. */
  ours: readonly number[];
  /** An earlier post of the cell may have landed without our knowing. */
  inDoubt: boolean;
  /** Seeing the grade of this score proves that its earlier post has landed. */
  provesLanding: boolean;
  /** Posting erases what is there. */
  erases: boolean;
  otherwise: Post;
  /** The post where there is no grade: on Canvas one that leaves alone whatever comes in between. */
  ontoNothing: Post;
}

/**
 * The decision once the result has been read. A grade that is none of ours stays, and where ours was taken away it stays
 * away. What cannot be seen is not overwritten: only Canvas can be told to look for itself.
 * @param result null when there is none, undefined when it could not be read
 * @param why it could not
 */
export function afterSeekingOthers(
  decision: SeekOthers,
  score: Score,
  result: ResultSeen | null | undefined,
  why: string,
): Post | Settled {
  const { delivered, ours, inDoubt, provesLanding, erases, otherwise, ontoNothing } = decision;
  if (result === undefined) return withoutSight(decision, why);
  if (!hasGrade(result)) {
    const takenAway = delivered?.hasGrade && !inDoubt;
    return takenAway ? kept('no grade', delivered) : ontoNothing;
  }
  if (provesLanding && resultShows(result, score)) {
    return { do: 'settle', status: 'delivered', facts: otherwise.facts };
  }
  if (!ours.some((grade) => showsGrade(result, grade))) {
    return kept(`${result.resultScore} of ${result.resultMaximum || 1}`, delivered);
  }
  return erases ? { do: 'settle', status: 'superseded', reason: 'WOULD_CLEAR_GRADE' } : otherwise;
}

function withoutSight({ delivered, inDoubt, erases, ontoNothing }: SeekOthers, why: string): Post | Settled {
  if (erases) return { do: 'settle', status: 'superseded', reason: 'WOULD_CLEAR_GRADE' };
  // Canvas would keep a grade of ours as well.
  const isFirst = !delivered?.hasGrade && !inDoubt;
  if (isFirst && gradesOnlyNothing(ontoNothing.body)) {
    const detail = `whether there is a grade already cannot be read (${why}); Canvas was asked to keep it`;
    return { ...ontoNothing, detail };
  }
  const detail = `overwrite is unlessEdited, and what the gradebook shows cannot be read: ${why}`;
  return { do: 'settle', status: 'dead', reason: 'RESULTS_UNREADABLE', detail };
}

function kept(shown: string, delivered: DeliveredFacts | undefined): Settled {
  const ours =
    delivered?.grade === undefined ? 'no grade' : `${Number((100 * delivered.grade).toFixed(3))} %`;
  return {
    do: 'settle',
    status: 'superseded',
    reason: 'KEPT_TEACHERS_GRADE',
    detail: `the gradebook shows ${shown}, and what we delivered last is ${ours}`,
    // What was delivered is not there any more, so that nothing counts as unchanged.
    ...(delivered && { facts: { ...delivered, contentHash: '' } }),
  };
}
