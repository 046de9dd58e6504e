import type { Flags, FlagValues } from './command.ts';
import { numberFlag } from './numbers.ts';

/** The flags of verbs that can wait for the gradebook. */
export const WAIT_FLAGS = {
  timeout: { value: 'SECONDS', help: 'how long to wait (default 120); delivery goes on afterwards' },
} as const satisfies Flags;

export function waitMsFrom(flags: FlagValues<typeof WAIT_FLAGS>): number {
  return (numberFlag('timeout', flags.timeout, { min: 0 }) ?? 120) * 1000;
}
