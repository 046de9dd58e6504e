import type { Gradewire, Target } from '@gradewire/sdk';
import type { TargetDefaults } from '../command/target-flags.ts';
import { findFiles } from '../importers/find-files.ts';
import { mergeImported } from '../importers/imported-score.ts';
import { prepareScores, type ReadyScore } from '../importers/prepare.ts';
import { readImportFile } from '../importers/read-file.ts';
import { EXAMPLES, GRADESCOPE_MAXIMUM, SANDBOX_ID, type SandboxCourse } from './sandbox.ts';

/** Registers the sandbox, or brings its registration up to date. */
export async function registerSandbox(
  gradewire: Gradewire,
  registration: Parameters<Gradewire['platforms']['put']>[1],
  signal: AbortSignal,
) {
  return await gradewire.platforms.put(SANDBOX_ID, { ...registration, name: 'Sandbox' }, { signal });
}

/**
 * The grades of the examples, ready to be sent: the Gradescope class for the column that the course has, the nbgrader class for one
 * that is created. All are timestamped `gradedAt`, so that sending them again changes nothing, and never wins over a newer grade.
 */
export async function sampleScores(course: SandboxCourse, gradedAt: string): Promise<ReadyScore[]> {
  const project = await scoresOf(EXAMPLES.gradescope, gradedAt, () => ({
    lineItemUrl: course.resourceLinks[0]?.lineItemUrl ?? '',
  }));
  const problemSet = await scoresOf(
    EXAMPLES.nbgrader,
    gradedAt,
    ({ resourceId = '', label = '', scoreMaximum = 0 }) => ({
      lineItemsUrl: course.lineItemsUrl,
      resourceId,
      create: { label, scoreMaximum },
    }),
  );
  return [...project, ...problemSet];
}

async function scoresOf(path: string, timestamp: string, targetFor: (defaults: TargetDefaults) => Target) {
  const options = path === EXAMPLES.gradescope ? { scoreMaximum: GRADESCOPE_MAXIMUM } : {};
  const parts = await Promise.all((await findFiles([path])).map((file) => readImportFile(file, options)));
  const { ready } = prepareScores(mergeImported(parts), { platformId: SANDBOX_ID, targetFor });
  return ready.map((item) => ({ ...item, score: { ...item.score, timestamp } }));
}
