import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { statusText } from '../terminal/format.ts';

export const batchShow = defineCommand({
  words: ['batch', 'show'],
  summary: 'Show how far a batch is',
  args: { usage: 'BATCH_ID', min: 1, max: 1 },
  flags: {},
  async run({ gradewire, out, json, signal }, _flags, [batchId = '']) {
    const batch = await gradewire().batches.get(batchId, { signal });
    if (json) out.line(JSON.stringify(batch));
    else {
      out.line(
        `${out.paint('bold', batchId)} ${batch.done ? out.paint('green', 'done') : out.paint('cyan', 'running')}`,
      );
      for (const [status, count] of Object.entries(batch.counts)) {
        if (count > 0) out.line(`  ${String(count).padStart(6)} ${statusText(status as 'dead', out.paint)}`);
      }
    }
    return EXIT.ok;
  },
});
