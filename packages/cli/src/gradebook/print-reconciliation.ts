import type { Drift, Reconciliation } from '@gradewire/sdk';
import { countText } from '../terminal/format.ts';
import { renderTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

const COLUMNS = [
  { title: 'User' },
  { title: 'Delivered', align: 'right' as const },
  { title: 'Shows', align: 'right' as const },
  { title: 'What' },
  { title: 'Repair' },
  { title: 'Column', maxWidth: 80 },
];

const KINDS: Record<Drift['kind'], string> = {
  missing: 'missing',
  different: 'older grade',
  changedByTeacher: 'changed by a teacher',
  droppedInSilence: 'taken, maybe not shown',
};

const REPAIRS: Record<NonNullable<Drift['repair']>, string> = {
  sent: 'sent again',
  notKept: 'score no longer kept',
  noGrade: 'newest score has no grade',
  changed: 'newer score came',
};

/** What a reconciliation found, for people: where the gradebook differs, what could not be compared, and the sum of it. */
export function printReconciliation(found: Reconciliation, out: Terminal): void {
  if (found.drifted.length > 0) out.line(renderTable(COLUMNS, found.drifted.map(rowOf), out.paint));
  for (const { lineItemUrl, reason, hint } of found.unread) {
    out.line(out.paint('yellow', `Not compared: ${lineItemUrl} (${reason}). ${hint}`));
  }
  const { status, checked, matching, driftedCount, repaired, settled, underWay, unseen } = found;
  const parts = [
    `${countText(checked, 'grade')} compared, ${matching.toLocaleString('en')} as delivered, ${driftedCount} not`,
    ...(repaired > 0 ? [`${repaired} sent again`] : []),
    ...(settled > 0 ? [`${countText(settled, 'score')} in doubt found delivered`] : []),
    ...(underWay > 0 ? [`${underWay} skipped since a newer score is on its way`] : []),
    ...(unseen > 0 ? [`${unseen} not seen since the list could not be read to its end`] : []),
  ];
  out.line(`Reconciliation ${found.id} ${status}: ${parts.join('; ')}.`);
  for (const note of found.notes) out.line(out.paint('dim', note));
}

function rowOf({ userId, delivered, observed, maximum, kind, repair, lineItemUrl }: Drift): string[] {
  const points = (value: number | null) => (value === null ? 'none' : `${value}/${maximum}`);
  return [
    userId,
    points(delivered),
    points(observed),
    KINDS[kind],
    repair ? REPAIRS[repair] : '',
    lineItemUrl,
  ];
}
