import type { Attempt, Score } from '@gradewire/sdk';
import { type Fact, printFacts } from '../terminal/facts.ts';
import { gradeText, statusText } from '../terminal/format.ts';
import { renderTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Prints one score for a person: what it is, how it stands and why, and every attempt. */
export function printScore(score: Score, out: Terminal): void {
  const { paint } = out;
  const facts: Fact[] = [
    ['Status', `${statusText(score.status, paint)}${score.reason ? ` ${score.reason}` : ''}`],
    ['Detail', score.detail],
    ['What to do', score.hint && paint('yellow', score.hint)],
    ['Platform', score.platformId],
    ['Student', studentText(score)],
    ['Score', gradeText(score.scoreGiven, score.scoreMaximum)],
    ['Column', score.lineItemUrl ?? columnText(score)],
    ['Timestamp', score.timestamp],
    ['External id', score.externalId],
    ['Accepted', score.acceptedAt],
    ['Delivered', score.deliveredAt],
    ['Next attempt', score.nextAttemptAt],
    ['Superseded by', score.supersededBy],
  ];
  printFacts(score.id, facts, out);
  if (score.attempts && score.attempts.length > 0) out.line(`\n${attemptTable(score.attempts, out)}`);
}

/** The id, or as long as that is not known what the score was sent with. */
export function studentText({ userId, user }: Pick<Score, 'userId' | 'user'>): string {
  return userId ?? Object.values(user ?? {})[0] ?? '';
}

/** The column's URL, or how it is to be found. */
export function columnText({ target }: Pick<Score, 'target'>): string {
  return target && 'lineItemUrl' in target ? target.lineItemUrl : JSON.stringify(target ?? '');
}

function attemptTable(attempts: Attempt[], { paint }: Terminal): string {
  const titles = ['#', 'At', 'Stage', 'HTTP', 'Outcome', 'Reason', 'Took'];
  return renderTable(
    [...titles.map((title) => ({ title })), { title: 'The platform said', maxWidth: 80 }],
    attempts.map(({ number, at, stage, httpStatus, outcome, reason, durationMs, excerpt }) => [
      String(number),
      at,
      stage,
      String(httpStatus ?? ''),
      outcome,
      reason ?? '',
      `${Math.round(durationMs)} ms`,
      excerpt ?? '',
    ]),
    paint,
  );
}

/** Prints scores one a line. */
export function printScoreTable(scores: Score[], out: Terminal): void {
  const { paint } = out;
  const columns = ['Id', 'Student', 'Score', 'Status', 'Reason', 'Accepted'].map((title) => ({ title }));
  out.line(
    renderTable(
      [...columns, { title: 'Detail', maxWidth: 60 }],
      scores.map((score) => [
        score.id,
        studentText(score),
        gradeText(score.scoreGiven, score.scoreMaximum),
        statusText(score.status, paint),
        score.reason ?? '',
        score.acceptedAt,
        score.detail ?? '',
      ]),
      paint,
    ),
  );
}
