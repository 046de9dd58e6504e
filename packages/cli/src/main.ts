#!/usr/bin/env node
import { addAbortSignal } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { runCli } from './cli.ts';
import { COMMANDS } from './commands/index.ts';
import { createTerminal } from './terminal/terminal.ts';

const { env } = process;
const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupt.abort());
// Whoever reads may have seen enough (`| head`); what is being done goes on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await runCli(COMMANDS, process.argv.slice(2), {
  env,
  out: createTerminal(process.stdout, env),
  err: createTerminal(process.stderr, env),
  signal: interrupt.signal,
  readStdin: () => buffer(addAbortSignal(interrupt.signal, process.stdin)),
});
