import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCsv } from '@gradewire/autograders';
import type { PlatformInput } from '@gradewire/sdk';
import { workspaceFolder } from './workspace.ts';

export const SANDBOX_ID = 'sandbox';
export const EXAMPLES = {
  gradescope: join(workspaceFolder, 'examples/gradescope'),
  nbgrader: join(workspaceFolder, 'examples/nbgrader/grades.csv'),
};
/** What the tests of the Gradescope example add up to; a submission that does not compile has none to add. */
export const GRADESCOPE_MAXIMUM = 100;

/** A course as the sandbox shows it on `/_sim/courses`. */
export interface SandboxCourse {
  title: string;
  lineItemsUrl: string;
  students: { userId: string; name: string }[];
  resourceLinks: { lineItemUrl: string }[];
}

/** A column as the sandbox shows it on `/_sim/state`. */
export interface SandboxLineItem {
  url: string;
  label: string;
  scoreMaximum: number;
  deleted?: boolean;
  users: Record<string, { score: number | null }>;
}

/** The course of the examples: its students are those of the nbgrader export, where they have names. */
export async function sampleCourses(): Promise<unknown[]> {
  const { rows } = parseCsv(await readFile(EXAMPLES.nbgrader, 'utf8'));
  const students = rows.map(({ cells }) => ({
    userId: cells.student_id,
    name: `${cells.first_name} ${cells.last_name}`,
    email: cells.email,
  }));
  const project = {
    title: 'Project 1: linked lists',
    lineItem: { label: 'Linked lists', scoreMaximum: GRADESCOPE_MAXIMUM },
  };
  return [{ title: 'Data structures', students, resourceLinks: [project] }];
}

/** The sandbox's own side of its registration and gradebook. */
export function sandboxAt(url: string, signal: AbortSignal) {
  const read = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}${path}`, { signal });
    if (!response.ok) throw new Error(`the sandbox answered ${response.status} on ${path}`);
    return (await response.json()) as T;
  };
  return {
    registration: () => read<PlatformInput>('/_sim/registration'),
    courses: async () => listOf<SandboxCourse>(await read('/_sim/courses'), 'courses'),
    lineItems: async () => listOf<SandboxLineItem>(await read('/_sim/state'), 'lineItems'),
  };
}

function listOf<T>(answer: unknown, name: string): T[] {
  return (Array.isArray(answer) ? answer : (answer as Record<string, T[]>)[name]) ?? [];
}
