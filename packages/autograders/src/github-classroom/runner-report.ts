import { commentField } from '../comment.ts';
import type { AdapterSettings } from '../grade.ts';
import { type JsonObject, objectIn, sum, textIn } from '../json-value.ts';
import { type Found, named, type Problem, problem } from '../reading.ts';
import { isSomebody, type Who, whoOf } from '../who.ts';
import { personLogin, type RepositoryStudent, studentOfRepository, UNTOLD } from './repository-student.ts';
import { type RunnerResult, readRunnerResults, runnerLines } from './runner-results.ts';

const WORTH = 'Say in defaults.scoreMaximum what the assignment is worth.';

/**
 * Reads what a step of a workflow sends of the graders before it: `{ github: { actor, repository, ... }, runner_results, userId | user | identity?,
 * assignment?, timestamp? }`, where `github` is as in GitHub's context of that name.
 */
export function readRunnerReport(body: JsonObject, settings: AdapterSettings): Found {
  const { who, assignment } = studentOf(body, settings.assignment);
  const results = readRunnerResults(body.runner_results) ?? [];
  const points = pointsOf(results, settings);
  if ('detail' in points) return { ...named(assignment), ...points };
  if (!who) return { ...named(assignment), ...UNTOLD };
  const { timestamp } = body;
  const fields = {
    ...points,
    ...commentField(runnerLines(results)),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
  return { ...who, ...named(assignment), fields };
}

function pointsOf(
  results: readonly RunnerResult[],
  settings: AdapterSettings,
): { scoreGiven: number; scoreMaximum: number } | Problem {
  if (results.length === 0) {
    return problem(
      'the results of a grader are missing or unreadable',
      'Send the output "result" of every grader; a grader that was skipped has none.',
    );
  }
  const scoreMaximum = maximumOf(results, settings);
  if (typeof scoreMaximum !== 'number') return scoreMaximum;
  // Those that give no points GitHub's reporter leaves out too.
  const scoreGiven = sum(results.filter(({ maximum }) => maximum !== 0).map(({ score }) => score));
  if (scoreGiven < 0) return problem('its score is negative', 'A gradebook takes 0 and more.');
  if (!Number.isFinite(scoreGiven) || !Number.isFinite(scoreMaximum)) {
    return problem('its points add up to more than a number can hold');
  }
  return { scoreGiven, scoreMaximum };
}

/** A grader that broke off would make the rest worth everything, so without a default nobody knows what it is out of. */
function maximumOf(
  results: readonly RunnerResult[],
  { scoreMaximum: defaultMaximum }: AdapterSettings,
): number | Problem {
  const isCut = results.some(({ maximum }) => maximum === undefined);
  const added = isCut ? 0 : sum(results.map(({ maximum }) => maximum ?? 0));
  if (added > 0) return added;
  if (defaultMaximum !== undefined) return defaultMaximum;
  return isCut
    ? problem('a grader broke off before it said what it is worth', `Run it again. ${WORTH}`)
    : problem('no grader says its max_score', WORTH);
}

function studentOf(
  body: JsonObject,
  wanted: string | undefined,
): { who: Who | undefined; assignment?: string } {
  const told = textIn(body, 'assignment');
  const inferred = studentOfRepository(repositoryOf(objectIn(body, 'github')), told ?? wanted);
  const who = whoOf(body);
  const { identities } = inferred;
  return {
    who: isSomebody(who) ? who : identities && { identities },
    ...named(told ?? assignmentOf(inferred)),
  };
}

function repositoryOf(github: JsonObject) {
  const [owner = '', name = owner] = (textIn(github, 'repository') ?? '').split('/');
  return { name, owner, actor: personLogin(textIn(github, 'actor')) };
}

/** None where there was no repository to tell it. */
const assignmentOf = ({ assignment }: RepositoryStudent) => assignment || undefined;
