import { setTimeout as sleep } from 'node:timers/promises';
import type { Reconciliation, ReconciliationInput } from '@gradewire/sdk';
import { type Context, defineCommand } from '../command/command.ts';
import { UsageError } from '../command/errors.ts';
import { EXIT } from '../command/exit-code.ts';
import { printReconciliation } from '../gradebook/print-reconciliation.ts';
import { startProgress } from '../terminal/progress.ts';

const POLL_MS = 500;

export const reconcile = defineCommand({
  words: ['reconcile'],
  summary: 'Compare what was delivered with what the gradebook shows, and say where it differs',
  details: `
Without --line-item or --launch-id: every column of the platform that was delivered to. With --repair, grades that are missing,
or older than the last one delivered, are sent again; what a teacher changed is reported and never overwritten. Ctrl-C stops
watching, not the reconciliation. Ends with 3 when grades differ and were not sent again, or when a column could not be read.`,
  examples: ['gradewire reconcile --platform moodle', 'gradewire reconcile --platform moodle --repair'],
  flags: {
    platform: { value: 'ID', help: 'the platform', required: true },
    'line-item': { value: 'URL', help: 'only this column' },
    'launch-id': { value: 'ID', help: 'only the column of a recorded launch' },
    repair: { help: 'send again what is missing or older' },
  },
  async run(context, flags) {
    const { platform: platformId, 'line-item': lineItemUrl, 'launch-id': launchId } = flags;
    if (lineItemUrl !== undefined && launchId !== undefined)
      throw new UsageError('give either --line-item or --launch-id');
    const ended = await watch(context, {
      platformId,
      ...(lineItemUrl !== undefined && { lineItemUrl }),
      ...(launchId !== undefined && { launchId }),
      ...(flags.repair && { repair: true }),
    });
    if (context.json) context.out.line(JSON.stringify(ended));
    else printReconciliation(ended, context.out);
    if (ended.status === 'failed') return EXIT.failed;
    const isWhole = ended.unread.length === 0 && ended.driftedCount === ended.repaired;
    return isWhole ? EXIT.ok : EXIT.notDelivered;
  },
});

async function watch(
  { gradewire, err, signal }: Context,
  input: ReconciliationInput,
): Promise<Reconciliation> {
  const { reconciliations } = gradewire();
  let seen = await reconciliations.start(input, { signal });
  const look = async () => {
    await sleep(POLL_MS, undefined, { signal });
    seen = await reconciliations.get(seen.id, { signal });
  };
  // How many columns there are is known once it runs.
  while (seen.status === 'running' && seen.columns === undefined) await look();
  using progress = startProgress(err, 'Comparing columns', seen.columns ?? 0);
  while (seen.status === 'running') {
    progress.update(seen.columnsDone, seen.driftedCount > 0 ? `${seen.driftedCount} differ` : '');
    await look();
  }
  return seen;
}
