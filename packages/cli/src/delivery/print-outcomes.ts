import { countText, gradeText, statusText } from '../terminal/format.ts';
import { renderTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { needsAttention, type Outcome } from './outcome.ts';

/** Up to here every score gets a line; beyond, only those that somebody has to look after. */
const ALL_ROWS = 60;

/** Prints what became of each score, what to do about those that did not arrive, and how many there are of each kind. */
export function printOutcomes(outcomes: Outcome[], out: Terminal): void {
  const rows = outcomes.length <= ALL_ROWS ? outcomes : outcomes.filter(needsAttention);
  if (rows.length > 0) out.line(`${outcomeTable(rows, out)}\n`);
  for (const [reason, hint] of hintsOf(outcomes)) out.line(`${out.paint('yellow', reason)}: ${hint}`);
  out.line(summaryOf(outcomes, out));
}

function outcomeTable(outcomes: Outcome[], { paint }: Terminal): string {
  return renderTable(
    [
      { title: 'Student', maxWidth: 36 },
      { title: 'Assignment', maxWidth: 24 },
      { title: 'Score', align: 'right' },
      { title: 'Outcome' },
      { title: 'Reason' },
      { title: 'Detail', maxWidth: 80 },
      { title: 'File', maxWidth: 60 },
    ],
    outcomes.map((outcome) => [
      outcome.userId,
      outcome.assignment ?? '',
      gradeText(outcome.scoreGiven, outcome.scoreMaximum),
      statusText(outcome.status, paint),
      outcome.reason ?? '',
      outcome.detail ?? '',
      needsAttention(outcome) ? outcome.source : '',
    ]),
    paint,
  );
}

function hintsOf(outcomes: Outcome[]): Map<string, string> {
  const hints = new Map<string, string>();
  for (const { reason, hint } of outcomes.filter(needsAttention)) if (reason && hint) hints.set(reason, hint);
  return hints;
}

/** `30 scores: 29 delivered, 1 dead`. */
export function summaryOf(outcomes: Outcome[], { paint }: Terminal): string {
  const counts = new Map<Outcome['status'], number>();
  for (const { status } of outcomes) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(
    ([status, count]) => `${count.toLocaleString('en')} ${statusText(status, paint)}`,
  );
  return `${countText(outcomes.length, 'score')}: ${parts.join(', ')}`;
}
