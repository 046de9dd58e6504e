import { runCli } from '../cli.ts';
import { COMMANDS } from '../commands/index.ts';
import { createTerminal } from '../terminal/terminal.ts';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
  /** What `--json` printed. */
  json: () => Record<string, unknown>;
}

/** Runs the command line in this process, with its output caught. `api` is where GRADEWIRE_URL points. */
export async function runVerb(
  argv: string[],
  {
    api,
    env = {},
    tty = false,
    signal,
    stdin = '',
  }: {
    api?: { url: string };
    env?: Record<string, string>;
    tty?: boolean;
    signal?: AbortSignal;
    stdin?: string;
  } = {},
): Promise<Ran> {
  const text = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    isTTY: tty,
    write: (chunk: string) => {
      text[name] += chunk;
    },
  });
  const full = { ...(api ? { GRADEWIRE_URL: api.url, GRADEWIRE_API_KEY: 'test-key' } : {}), ...env };
  const code = await runCli(COMMANDS, argv, {
    env: full,
    out: createTerminal(stream('out'), full),
    err: createTerminal(stream('err'), full),
    signal: signal ?? new AbortController().signal,
    readStdin: async () => Buffer.from(stdin),
  });
  return { code, stdout: text.out, stderr: text.err, json: () => JSON.parse(text.out) };
}
