import type { Launch } from '@gradewire/sdk';
import { type Fact, printFacts } from '../terminal/facts.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Prints what is known of a launch, for a person. */
export function printLaunch(launch: Launch, out: Terminal): void {
  const facts: Fact[] = [
    ['Platform', launch.platformId],
    ['Title', launch.title],
    ['Resource link', launch.resourceLinkId],
    ['Course', launch.contextId],
    ['Column', launch.lineItemUrl],
    ['Columns', launch.lineItemsUrl],
    ['Roster', launch.membershipsUrl],
    ['Scopes', launch.scopes.map((scope) => scope.replace(/^.*\/scope\//, '')).join(', ')],
    ['Launched', launch.updatedAt],
  ];
  printFacts(launch.launchId, facts, out);
  if (launch.lineItemUrl || launch.lineItemsUrl) return;
  const note = 'It told of no gradebook: the tool may not use the grade service (AGS) there.';
  out.line(`  ${out.paint('yellow', note)}`);
}
