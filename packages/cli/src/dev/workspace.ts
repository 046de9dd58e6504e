import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliError } from '../command/errors.ts';

/** The clone that this command line is part of, whether it runs from `src` or from `dist`. */
export const workspaceFolder = fileURLToPath(new URL('../../../../', import.meta.url));

const runsFromSource = import.meta.url.endsWith('.ts');

/** The arguments for Node that run a workspace package's main: its source if we run from source, else what was built. */
export function mainOf(folder: string): string[] {
  const main = join(workspaceFolder, folder, runsFromSource ? 'src/main.ts' : 'dist/main.js');
  if (!existsSync(main)) {
    throw new CliError(
      `${main} is not there`,
      '`gradewire dev` runs in a clone of Gradewire; `pnpm build` builds it.',
    );
  }
  return runsFromSource ? ['--conditions=@gradewire/source', main] : [main];
}
