import type { ScoreInput, Target } from '@gradewire/sdk';
import type { TargetDefaults } from '../command/target-flags.ts';
import type { Imported, ImportedScore, ImportProblem } from './imported-score.ts';

/** A score that can be sent, and where it came from. */
export interface ReadyScore {
  source: string;
  assignment?: string;
  score: ScoreInput;
}

export interface PrepareOptions {
  platformId?: string | undefined;
  /** Only scores of this assignment. */
  assignment?: string | undefined;
  /** The column for a score that names none itself; undefined when nobody said. */
  targetFor: (defaults: TargetDefaults) => Target | undefined;
}

/**
 * Completes imported scores with platform and column. What a file says itself is kept. A student who comes twice for a column is
 * a problem, unless timestamps say which grade is the later one.
 */
export function prepareScores(
  { scores, problems }: Imported,
  options: PrepareOptions,
): { ready: ReadyScore[]; problems: ImportProblem[] } {
  const ready: ReadyScore[] = [];
  const found = [...problems];
  const seen = new Map<string, ReadyScore>();
  for (const imported of scores) {
    if (options.assignment !== undefined && imported.assignment !== options.assignment) continue;
    const result = complete(imported, options);
    if ('message' in result) {
      found.push(result);
      continue;
    }
    const cell = JSON.stringify([result.score.platformId, result.score.target, result.score.userId]);
    const twin = seen.get(cell);
    if (twin && !(twin.score.timestamp && result.score.timestamp)) {
      found.push(twinProblem(result, twin));
      continue;
    }
    seen.set(cell, result);
    ready.push(result);
  }
  return { ready, problems: found };
}

function twinProblem(result: ReadyScore, twin: ReadyScore): ImportProblem {
  const several = result.assignment !== undefined && result.assignment !== twin.assignment;
  return {
    source: result.source,
    userId: result.score.userId,
    message: `is graded for the same column in ${twin.source} as well`,
    ...(several ? { hint: 'Pick one with --assignment, or give --line-items for a column each.' } : {}),
  };
}

function complete(imported: ImportedScore, options: PrepareOptions): ReadyScore | ImportProblem {
  const { source, assignment, fields } = imported;
  const problem = (message: string, hint: string) => ({ source, userId: fields.userId, message, hint });
  const platformId = fields.platformId ?? options.platformId;
  if (!platformId) return problem('has no platform', 'Give --platform.');
  const target = fields.target ?? options.targetFor(defaultsOf(imported));
  if (!target)
    return problem('has no gradebook column', 'Give --line-item, or --line-items with --resource-id.');
  return {
    source,
    ...(assignment ? { assignment } : {}),
    score: { ...fields, platformId, target, ...progressOf(fields) },
  };
}

/** A file of grades holds finished work, so what it does not say is that. */
function progressOf({
  activityProgress = 'Completed',
  gradingProgress = 'FullyGraded',
}: ImportedScore['fields']) {
  return { activityProgress, gradingProgress };
}

function defaultsOf({ assignment, fields }: ImportedScore): TargetDefaults {
  return {
    ...(assignment ? { resourceId: assignment, label: assignment } : {}),
    ...(fields.scoreMaximum === undefined ? {} : { scoreMaximum: fields.scoreMaximum }),
  };
}
