import { type AdapterSettings, readDocument } from '@gradewire/autograders';
import { type Imported, importedFrom } from './imported-score.ts';

/**
 * Takes in one student's `results.json`. Whose it is the file's place says, whatever stands in it; `scoreMaximum` is what it is out of
 * when the tests don't say.
 */
export function readGradescope(
  value: unknown,
  { source, userId, ...defaults }: { source: string; userId: string } & AdapterSettings,
): Imported {
  const reading = readDocument('gradescope', { value, kind: 'json' }, defaults);
  return importedFrom(reading, { source, userId });
}
