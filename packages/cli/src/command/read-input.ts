import { readFile } from 'node:fs/promises';
import type { Context } from './command.ts';
import { CliError } from './errors.ts';

/** The bytes of a file, or of stdin for `-`. @throws CliError when it cannot be read */
export async function readInput({ readStdin }: Pick<Context, 'readStdin'>, file: string): Promise<Buffer> {
  if (file === '-') return await readStdin();
  return await readFile(file).catch((cause: Error) => {
    throw new CliError(`${file} cannot be read: ${cause.message}`, undefined, cause);
  });
}
