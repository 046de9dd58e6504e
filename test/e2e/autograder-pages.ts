import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readText, root } from '../infra/repository.ts';

const run = promisify(execFile);

/** A shell in which the commands of the documentation work as they stand, `gradewire` among them. */
export interface ReaderShell extends AsyncDisposable {
  /** Runs one after the other what stands there, in one shell: what a block exports, the next one has. */
  run(script: string, env?: Record<string, string>): Promise<string>;
}

/** Makes the shell of somebody who reads the pages with these variables set. */
export async function openReaderShell(variables: Record<string, string>): Promise<ReaderShell> {
  const folder = await mkdtemp(join(tmpdir(), 'gradewire-reader-'));
  const cli = join(root, 'packages/cli/src/main.ts');
  const command = `#!/bin/sh\nexec "${process.execPath}" --conditions=@gradewire/source "${cli}" "$@"\n`;
  await writeFile(join(folder, 'gradewire'), command, { mode: 0o755 });
  return {
    async run(script, env = {}) {
      const { stdout } = await run('sh', ['-euc', script], {
        cwd: root,
        env: {
          PATH: `${folder}:${join(process.execPath, '..')}:${process.env.PATH}`,
          NO_COLOR: '1',
          ...variables,
          ...env,
        },
      });
      return stdout;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** The shell commands of a page, in order; with `under`, only those below that heading. */
export function commandsOf(page: string, under?: string): string {
  const text = readText(page);
  const part = under === undefined ? text : sectionOf(text, under);
  const blocks = [...part.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
  if (blocks.length === 0) throw new Error(`${page} has no commands under ${under ?? 'its title'}`);
  return blocks.join('\n');
}

function sectionOf(text: string, heading: string): string {
  const [, section] = text.split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`there is no heading ${heading}`);
  return section.split(/\n## /)[0]!;
}
