import { clientFrom } from './command/client.ts';
import type { Command, Context } from './command/command.ts';
import { UsageError } from './command/errors.ts';
import { EXIT, type ExitCode } from './command/exit-code.ts';
import { renderHelp, renderOverview } from './command/help.ts';
import { parseCommandLine } from './command/parse.ts';
import { reportError } from './command/report-error.ts';

/** What the process gives the command line. */
export type World = Pick<Context, 'env' | 'out' | 'err' | 'signal' | 'readStdin'>;

/** Finds the verb, runs it, and resolves to the exit code. Errors are reported, never thrown. */
export async function runCli(commands: Command[], argv: string[], world: World): Promise<ExitCode> {
  const { out, err, env } = world;
  const command = findCommand(commands, argv);
  const verb = ['gradewire', ...(command?.words ?? [])].join(' ');
  try {
    if (!command) return overview(commands, argv, world);
    const { flags, common, args } = parseCommandLine(command, argv.slice(command.words.length));
    if (common.help) {
      out.line(renderHelp(command, out.paint));
      return EXIT.ok;
    }
    const gradewire = () => clientFrom(common, env);
    return await command.run({ ...world, json: common.json === true, gradewire }, flags, args);
  } catch (error) {
    if (world.signal.aborted) return EXIT.interrupted;
    return reportError(error, err, verb);
  }
}

function findCommand(commands: Command[], argv: string[]): Command | undefined {
  return commands.find(({ words }) => words.every((word, index) => argv[index] === word));
}

function overview(commands: Command[], argv: string[], { out }: World): ExitCode {
  const words = argv.filter((word) => !word.startsWith('-'));
  const group = commands.some((command) => command.words[0] === words[0]) ? words[0] : undefined;
  const asked = words.length === 0 || (words.length === 1 && group !== undefined);
  if (!asked) throw new UsageError(`unknown command "${words.slice(0, 2).join(' ')}"`);
  out.line(renderOverview(commands, out.paint, group));
  return EXIT.ok;
}
