import type { WebhookTest } from '@gradewire/sdk';
import { columnText, studentText } from '../delivery/print-score.ts';
import { countText, gradeText } from '../terminal/format.ts';
import { renderTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { printUnready } from './print-unready.ts';

/** Prints what a sample would become. */
export function printTest({ scores, unmatched, ignored }: WebhookTest, out: Terminal): void {
  if (ignored !== undefined) {
    out.line(`It would be passed over: ${ignored}`);
    return;
  }
  if (scores.length > 0) out.line(`${scoreTable(scores, out)}\n`);
  if (unmatched.length > 0) {
    printUnready(unmatched, out);
    out.line();
  }
  const missing = unmatched.length > 0 ? `, ${countText(unmatched.length, 'grade')} unmatched` : '';
  out.line(`It would become ${countText(scores.length, 'score')}${missing}. Nothing was sent.`);
}

function scoreTable(scores: WebhookTest['scores'], { paint }: Terminal): string {
  return renderTable(
    [
      { title: 'Student', maxWidth: 36 },
      { title: 'Points', align: 'right' },
      { title: 'Column', maxWidth: 80 },
      { title: 'Timestamp' },
      { title: 'Comment', maxWidth: 40 },
    ],
    scores.map(({ score }) => [
      studentText(score),
      gradeText(score.scoreGiven, score.scoreMaximum),
      columnText(score),
      score.timestamp ?? '',
      score.comment ?? '',
    ]),
    paint,
  );
}
