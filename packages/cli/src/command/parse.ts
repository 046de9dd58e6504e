import { parseArgs } from 'node:util';
import type { Command, Flags, FlagValues } from './command.ts';
import { UsageError } from './errors.ts';

/** The flags that every verb has. */
export const COMMON_FLAGS = {
  url: { value: 'URL', help: 'address of the API (or GRADEWIRE_URL)' },
  'api-key': { value: 'KEY', help: 'API key (or GRADEWIRE_API_KEY)' },
  json: { help: 'print JSON for scripts' },
  help: { help: 'show this help' },
} as const satisfies Flags;

export interface ParsedCommandLine {
  flags: FlagValues<Flags>;
  common: FlagValues<typeof COMMON_FLAGS>;
  args: string[];
}

/** Parses what follows a verb. Throws {@link UsageError} for an unknown flag, a missing one, or too many arguments. */
export function parseCommandLine(command: Command, argv: string[]): ParsedCommandLine {
  const { values, positionals } = parse({ ...COMMON_FLAGS, ...command.flags }, argv);
  const flags = values as FlagValues<Flags>;
  const common = values as FlagValues<typeof COMMON_FLAGS>;
  if (!common.help) requireAll(command, flags, positionals);
  return { flags, common, args: positionals };
}

function parse(flags: Flags, argv: string[]) {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { value, multiple = false }]) => [
      name,
      {
        type: value ? ('string' as const) : ('boolean' as const),
        multiple,
        ...(name === 'help' ? { short: 'h' } : {}),
      },
    ]),
  );
  try {
    return parseArgs({ args: argv, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.replace(/\. To specify a positional.*$/s, ''));
  }
}

function requireAll(command: Command, flags: FlagValues<Flags>, args: string[]): void {
  const missing = Object.entries(command.flags).filter(
    ([name, flag]) => flag.required && flags[name] === undefined,
  );
  if (missing.length > 0) {
    throw new UsageError(
      `missing ${missing.map(([name, flag]) => `--${name} ${flag.value ?? ''}`.trim()).join(', ')}`,
    );
  }
  const { usage = '', min, max } = command.args ?? { min: 0, max: 0 };
  if (args.length < min) throw new UsageError(`missing ${usage}`);
  if (args.length > max) throw new UsageError(`unexpected argument "${args[max]}"`);
}
