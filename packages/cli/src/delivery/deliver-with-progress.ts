import type { Batch } from '@gradewire/sdk';
import type { Context } from '../command/command.ts';
import type { ReadyScore } from '../importers/prepare.ts';
import { countText } from '../terminal/format.ts';
import { startProgress } from '../terminal/progress.ts';
import { deliverScores } from './deliver.ts';
import type { Outcome } from './outcome.ts';

/** {@link deliverScores} with a bar on stderr that counts what is settled. */
export async function deliverWithProgress(
  { gradewire, err, signal }: Pick<Context, 'gradewire' | 'err' | 'signal'>,
  ready: ReadyScore[],
  timeoutMs: number,
): Promise<Outcome[]> {
  if (ready.length === 0) return [];
  if (timeoutMs === 0) return await deliverScores(gradewire(), ready, { signal, timeoutMs });
  using progress = startProgress(err, `Delivering ${countText(ready.length, 'score')}`, ready.length);
  progress.update(0);
  const onSettled = (settled: number, counts: Batch['counts']) => progress.update(settled, noteOf(counts));
  return await deliverScores(gradewire(), ready, { signal, timeoutMs, onSettled });
}

/** Says why it takes its time, if it does. */
function noteOf({ dead = 0, retrying = 0, held = 0 }: Batch['counts']): string {
  const parts = Object.entries({ dead, retrying, held }).filter(([, count]) => count > 0);
  return parts.map(([status, count]) => `${count} ${status}`).join(', ');
}
