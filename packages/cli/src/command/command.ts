import type { Gradewire } from '@gradewire/sdk';
import type { Terminal } from '../terminal/terminal.ts';
import type { ExitCode } from './exit-code.ts';

/** One flag of a verb. `value` names what it takes in the help; a flag without one is a switch. */
interface Flag {
  value?: string;
  help: string;
  multiple?: boolean;
  required?: boolean;
}

export type Flags = Record<string, Flag>;

type FlagValue<F extends Flag> = F extends { multiple: true }
  ? string[]
  : F extends { value: string }
    ? string
    : boolean;

/** The parsed flags: what is required is there, the rest may be undefined. */
export type FlagValues<F extends Flags> = {
  [K in keyof F]: F[K] extends { required: true } ? FlagValue<F[K]> : FlagValue<F[K]> | undefined;
};

/** What a verb works with. */
export interface Context {
  env: Record<string, string | undefined>;
  out: Terminal;
  err: Terminal;
  /** `--json` was given: stdout gets one JSON document and nothing else. */
  json: boolean;
  /** Aborted by Ctrl-C and SIGTERM. */
  signal: AbortSignal;
  /** All of stdin, for a verb that takes `-` as a file. */
  readStdin: () => Promise<Buffer>;
  /** The client of the API that flags or environment name; throws when they name none. */
  gradewire: () => Gradewire;
}

export interface Command {
  /** The words it is called by, such as `['score', 'import']`. */
  words: string[];
  summary: string;
  /** Its positional arguments, as in `SCORE_ID` or `FILE|DIR...`. */
  args?: { usage: string; min: number; max: number };
  details?: string;
  examples?: string[];
  flags: Flags;
  run: (context: Context, flags: FlagValues<Flags>, args: string[]) => Promise<ExitCode>;
}

/** Ties the type of a verb's flag values to its flags. */
export function defineCommand<const F extends Flags>(
  command: Omit<Command, 'flags' | 'run'> & {
    flags: F;
    run: (context: Context, flags: FlagValues<F>, args: string[]) => Promise<ExitCode>;
  },
): Command {
  return command as unknown as Command;
}
