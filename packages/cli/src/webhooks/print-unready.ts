import type { UnmatchedGrade, UnreadyGrade } from '@gradewire/sdk';
import { identityText } from '../identities/identity-text.ts';
import { renderTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

const COLUMNS = [
  { title: '#', align: 'right' as const },
  { title: 'Id' },
  { title: 'Received' },
  { title: 'Reason' },
  { title: 'Student', maxWidth: 60 },
  { title: 'Detail', maxWidth: 160 },
  { title: 'Tried again' },
];

/** Prints grades that cannot become scores, one a line, and what to do about each kind. */
export function printUnready(grades: readonly (UnreadyGrade | UnmatchedGrade)[], out: Terminal): void {
  const rows = grades.map((grade) => {
    const kept = 'id' in grade ? grade : undefined;
    return [
      kept ? '' : String(grade.index),
      kept?.id ?? '',
      kept?.receivedAt ?? '',
      out.paint('red', grade.reason),
      (grade.identities ?? []).map(identityText).join(' or '),
      detailOf(grade),
      kept?.nextAttemptAt ?? '',
    ];
  });
  out.line(renderTable(COLUMNS, rows, out.paint));
  const hints = new Set(grades.map(({ reason, hint }) => `${out.paint('yellow', reason)}: ${hint}`));
  for (const hint of hints) out.line(hint);
  if (grades.some(({ reason }) => reason === 'UNKNOWN_IDENTITY')) {
    out.line(out.paint('dim', 'Tell who they are: gradewire identity import FILE --platform ID'));
  }
}

function detailOf({ detail, errors = [] }: UnreadyGrade): string {
  const fields = errors.map((error) => `${error.pointer || '/'} ${error.detail}`);
  return [detail, ...fields.filter((field) => !detail.includes(field))].join('; ');
}
