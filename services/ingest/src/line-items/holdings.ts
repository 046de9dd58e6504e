import type { Platform } from '@gradewire/passback';
import type { KnownColumns } from '@gradewire/passback/redis';
import { platformProblem } from '../platform-reads/answered.ts';
import type { OpenPlatform } from '../platform-reads/platform-reads.ts';
import { readResults } from './read-results.ts';

/** What would be lost with a column. */
export interface Holdings {
  /** Grades it shows; `unknown`: the platform does not let us see. */
  shown: number | 'unknown';
  /** Students that Gradewire delivered scores of. */
  delivered: number;
  /** Scores that wait to be sent to it. */
  waiting: number;
}

/** @throws Problem when the platform does not answer, since it then cannot be told */
export async function holdingsOf(
  { columns }: { columns: Pick<KnownColumns, 'many' | 'waiting'> },
  open: OpenPlatform,
  lineItemUrl: string,
): Promise<Holdings> {
  const { id }: Platform = open.platform;
  const [shown, [known], waiting] = await Promise.all([
    gradesShown(open, lineItemUrl),
    columns.many(id, [lineItemUrl]),
    columns.waiting(id, lineItemUrl),
  ]);
  return { shown, delivered: known!.delivered, waiting };
}

async function gradesShown(open: OpenPlatform, lineItemUrl: string): Promise<Holdings['shown']> {
  const read = await readResults(open, lineItemUrl);
  if (read.ok) return read.items.filter(({ resultScore }) => resultScore !== undefined).length;
  const { outcome } = read;
  // One that is gone shows nothing; deleting it will say so.
  if (outcome.kind === 'reresolve') return 0;
  if (outcome.kind === 'transient' || outcome.kind === 'throttled') throw platformProblem(outcome);
  return 'unknown';
}

/** What a person is told who is about to delete the column; undefined when there is nothing to lose. */
export function wordsFor({ shown, delivered, waiting }: Holdings): string | undefined {
  if (shown === 0 && delivered === 0 && waiting === 0) return undefined;
  const sentences = [
    shown === 'unknown' && 'The platform does not let us see whether the column holds grades.',
    typeof shown === 'number' && shown > 0 && `The column shows ${counted(shown, 'grade')}.`,
    delivered > 0 && `Scores of ${counted(delivered, 'student')} were delivered to it.`,
    waiting > 0 && `${counted(waiting, 'score')} still to be sent to it.`,
  ];
  return sentences.filter((sentence) => sentence !== false).join(' ');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
