import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';

export const sourceRemove = defineCommand({
  words: ['source', 'remove'],
  summary: 'Remove a sender of grades: its webhooks are refused from then on',
  args: { usage: 'SOURCE_ID', min: 1, max: 1 },
  details: 'It is refused while some of its grades are unmatched or not read yet.',
  flags: { force: { help: 'remove it all the same, and those grades with it' } },
  async run({ gradewire, out, json, signal }, { force }, [sourceId = '']) {
    await gradewire().webhookSources.delete(sourceId, { signal, ...(force && { force }) });
    out.line(json ? JSON.stringify({ id: sourceId, removed: true }) : `Removed ${sourceId}`);
    return EXIT.ok;
  },
});
