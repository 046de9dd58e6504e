import { type IdShapes, lineItemIdOf } from './ids.ts';
import type { Cell, CellChange, Course, LineItem, Member } from './types.ts';

interface KeptCourse extends Omit<Course, 'members'> {
  members: Member[];
}
interface KeptLineItem extends Omit<LineItem, 'cells'> {
  cells: [string, Cell][];
}

/** What is written to the data folder of everything a platform knows. */
export interface KeptWorld {
  courses: KeptCourse[];
  lineItems: KeptLineItem[];
  lastLineItemNumber: number;
}

/** Courses, people, columns and grades of one platform, and nothing about HTTP. */
export class World {
  readonly courses = new Map<string, Course>();
  readonly lineItems = new Map<string, LineItem>();
  readonly #historyLength: number;
  readonly #lineItemIds: IdShapes['lineItems'];
  readonly #listeners = new Set<() => void>();
  #lastLineItemNumber = 0;

  constructor(options: { historyLength: number; lineItemIds?: IdShapes['lineItems'] }) {
    this.#historyLength = options.historyLength;
    this.#lineItemIds = options.lineItemIds;
  }

  /** Calls back after each change; returns a function that ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  addLineItem(input: Omit<LineItem, 'id' | 'cells' | 'locked' | 'published' | 'deleted'>): LineItem {
    this.#lastLineItemNumber += 1;
    const item: LineItem = {
      ...input,
      id: lineItemIdOf(this.#lastLineItemNumber, this.#lineItemIds),
      locked: false,
      published: true,
      deleted: false,
      cells: new Map(),
    };
    this.lineItems.set(item.id, item);
    this.changed();
    return item;
  }

  /** The entry of a user in a column, made when there is none. */
  cell(item: LineItem, userId: string): Cell {
    const known = item.cells.get(userId);
    if (known) return known;
    const cell = emptyCell();
    item.cells.set(userId, cell);
    return cell;
  }

  /** Puts an entry back to what an old backup holds: this score, stored before the present one, or nothing. */
  restoreCell(item: LineItem, userId: string, score: number | null): void {
    const cell = this.cell(item, userId);
    const kept = score === null ? emptyCell() : { ...cell, score, rawScore: score, editedByTeacher: false };
    delete kept.posted;
    if (score !== null) {
      kept.posted = { given: score, maximum: item.scoreMaximum };
      kept.timestamp = (cell.timestamp ?? 1_000) - 1_000;
    }
    item.cells.set(userId, { ...kept, history: cell.history });
    this.changed();
  }

  /** Notes a change that was made to a cell. Only the newest `historyLength` are kept. */
  record(cell: Cell, change: CellChange): void {
    cell.stored = true;
    cell.updatedAt = change.at;
    cell.history.push(change);
    if (cell.history.length > this.#historyLength) cell.history.shift();
    this.changed();
  }

  /** Whether somebody of this id was ever in any course. */
  knows(userId: string): boolean {
    return [...this.courses.values()].some((course) => course.members.has(userId));
  }

  /** The enrolled person whom a user id, or the platform's numeric id, stands for in a course. */
  member(course: Course, userId: string): Member | undefined {
    const member = course.members.get(userId);
    return member && member.status !== 'removed' ? member : undefined;
  }

  keep(): KeptWorld {
    return {
      courses: [...this.courses.values()].map((course) => ({
        ...course,
        members: [...course.members.values()],
      })),
      lineItems: [...this.lineItems.values()].map((item) => ({ ...item, cells: [...item.cells] })),
      lastLineItemNumber: this.#lastLineItemNumber,
    };
  }

  restore(kept: KeptWorld): void {
    for (const course of kept.courses) {
      const members = new Map(course.members.map((member) => [member.userId, member]));
      this.courses.set(course.id, { ...course, members });
    }
    for (const item of kept.lineItems) this.lineItems.set(item.id, { ...item, cells: new Map(item.cells) });
    this.#lastLineItemNumber = kept.lastLineItemNumber;
  }
}

/** The entry of somebody of whom nothing was ever stored. */
export function emptyCell(): Cell {
  return {
    score: null,
    rawScore: null,
    timestamp: null,
    comments: [],
    attempts: 0,
    submittedAt: null,
    locked: false,
    editedByTeacher: false,
    updatedAt: 0,
    posts: 0,
    refused: 0,
    stored: false,
    history: [],
  };
}
