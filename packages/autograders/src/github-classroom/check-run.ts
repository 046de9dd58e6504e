import type { AdapterSettings, Reading } from '../grade.ts';
import { instantOf } from '../instant.ts';
import { type JsonObject, objectIn, textIn } from '../json-value.ts';
import { ignored, named, problem, readingOf } from '../reading.ts';
import { type Points, pointsOfOutput } from './points.ts';
import { personLogin, type RepositoryStudent, studentOfRepository, UNTOLD } from './repository-student.ts';

const NOT_RUN: ReadonlySet<unknown> = new Set(['skipped', 'cancelled', 'stale']);

/**
 * Reads the event `check_run` (octokit/webhooks, payload-examples/api.github.com/check_run). The grade is as old as the run's start,
 * so that an old run that takes long does not beat a newer one. A run that is not the autograding's is no matter of grades; the
 * autograding's without points is a problem, since then no grade would ever come.
 */
export function readCheckRun(payload: JsonObject, settings: AdapterSettings): Reading {
  const run = objectIn(payload, 'check_run');
  if (payload.action !== 'completed') return ignored('the check run is not completed');
  if (NOT_RUN.has(run.conclusion)) return ignored('the check run was skipped or cancelled');
  const student = studentOf(payload, settings.assignment);
  const points = pointsOfOutput(objectIn(run, 'output'));
  if (points) return gradeOf(points, student, textIn(run, 'started_at'), settings);
  if (!/autograd|classroom/i.test(textIn(run, 'name') ?? '')) return ignored('the check run tells no points');
  const without = problem(
    'the autograding run tells no points',
    "GitHub's reporter writes them into annotations, which its webhooks leave out. Let a step of the workflow send the graders' results instead (examples/github-classroom).",
  );
  return readingOf([{ ...named(student.assignment), ...without }], settings);
}

function gradeOf(
  points: Points,
  { identities, ...assignment }: RepositoryStudent,
  startedAt: string | undefined,
  settings: AdapterSettings,
): Reading {
  if (!identities) return readingOf([{ ...assignment, ...UNTOLD }], settings);
  const scoreMaximum = points.maximum > 0 ? points.maximum : settings.scoreMaximum;
  if (scoreMaximum === undefined) {
    const nothing = problem(
      'its points are out of 0',
      'Say in defaults.scoreMaximum what the assignment is worth.',
    );
    return readingOf([{ ...assignment, ...nothing }], settings);
  }
  const timestamp = instantOf(startedAt);
  const time = timestamp === undefined ? {} : { timestamp };
  const fields = { scoreGiven: points.given, scoreMaximum, ...time };
  return readingOf([{ identities, ...assignment, fields }], settings);
}

function studentOf(payload: JsonObject, assignment: string | undefined): RepositoryStudent {
  const repository = objectIn(payload, 'repository');
  const sender = objectIn(payload, 'sender');
  const owned = {
    name: textIn(repository, 'name') ?? '',
    owner: textIn(objectIn(repository, 'owner'), 'login'),
    actor: personLogin(textIn(sender, 'login'), sender.type),
  };
  return studentOfRepository(owned, assignment);
}
