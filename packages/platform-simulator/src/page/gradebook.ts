import type { Cell, CellChange, Course, LineItem, Member } from '../world/types.ts';
import type { World } from '../world/world.ts';

export interface GradebookRow {
  member: Member;
  cells: (Cell | undefined)[];
  /** Of the newest change; 0 when there is none. */
  updatedAt: number;
}

export interface GradebookCourse {
  course: Course;
  columns: LineItem[];
  /** Newest change first, then by name. */
  rows: GradebookRow[];
  graded: number;
}

export interface RecentChange {
  change: CellChange;
  member: Member;
  item: LineItem;
}

/** Who has what in each course. */
export function gradebookOf(world: World): GradebookCourse[] {
  return [...world.courses.values()]
    .filter((course) => !course.deleted)
    .map((course) => {
      const columns = columnsOf(world, course);
      const rows = [...course.members.values()]
        .filter((member) => member.role === 'learner' && member.status !== 'removed')
        .map((member) => rowOf(member, columns))
        .sort((a, b) => b.updatedAt - a.updatedAt || a.member.name.localeCompare(b.member.name));
      return { course, columns, rows, graded: rows.filter(hasGrade).length };
    });
}

/** The newest changes of all courses, newest first. */
export function recentChanges(world: World, limit: number): RecentChange[] {
  const found: RecentChange[] = [];
  for (const item of world.lineItems.values()) {
    const course = world.courses.get(item.courseId);
    if (!course || item.deleted) continue;
    for (const [userId, cell] of item.cells) {
      const member = course.members.get(userId);
      if (member) for (const change of cell.history.slice(-5)) found.push({ change, member, item });
    }
  }
  return found.sort((a, b) => b.change.at - a.change.at).slice(0, limit);
}

function columnsOf(world: World, course: Course): LineItem[] {
  return [...world.lineItems.values()].filter((item) => item.courseId === course.id && !item.deleted);
}

function rowOf(member: Member, columns: LineItem[]): GradebookRow {
  const cells = columns.map((item) => {
    const cell = item.cells.get(member.userId);
    return cell?.stored ? cell : undefined;
  });
  return { member, cells, updatedAt: Math.max(0, ...cells.map((cell) => cell?.updatedAt ?? 0)) };
}

function hasGrade(row: GradebookRow): boolean {
  return row.cells.some((cell) => cell !== undefined && cell.score !== null);
}
