import type { Terminal } from './terminal.ts';

/** One line of what is known of a thing; without a value it is left out. */
export type Fact = [name: string, value: string | number | null | undefined | false];

/** Prints what a thing is called, and under it what is known of it. */
export function printFacts(title: string, facts: readonly Fact[], out: Terminal): void {
  out.line(out.paint('bold', title));
  for (const [name, value] of facts) {
    if (value || value === 0) out.line(`  ${name.padEnd(14)} ${value}`);
  }
}
