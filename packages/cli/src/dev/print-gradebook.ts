import { renderTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { SandboxCourse, SandboxLineItem } from './sandbox.ts';

/** Prints the gradebook as the sandbox platform has it: a line a student, a column a line item. */
export function printGradebook(course: SandboxCourse, lineItems: SandboxLineItem[], out: Terminal): void {
  const columns = lineItems.filter(({ deleted }) => !deleted);
  const rows = course.students.map(({ userId, name }) => [
    userId,
    name,
    ...columns.map(({ users }) => cellText(users[userId]?.score)),
  ]);
  const titles = columns.map(({ label, scoreMaximum }) => ({
    title: `${label} /${scoreMaximum}`,
    align: 'right' as const,
  }));
  out.line(out.paint('bold', `Gradebook of "${course.title}", as the sandbox platform has it`));
  out.line(renderTable([{ title: 'Student' }, { title: 'Name' }, ...titles], rows, out.paint));
}

function cellText(score: number | null | undefined): string {
  if (score === null || score === undefined) return '–';
  return String(score);
}
