import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { printSource } from '../webhooks/print-source.ts';

export const sourceShow = defineCommand({
  words: ['source', 'show'],
  summary: 'Show a sender of grades by webhook',
  args: { usage: 'SOURCE_ID', min: 1, max: 1 },
  flags: {},
  async run({ gradewire, out, json, signal }, _flags, [sourceId = '']) {
    const source = await gradewire().webhookSources.get(sourceId, { signal });
    if (json) out.line(JSON.stringify(source));
    else printSource(source, out);
    return EXIT.ok;
  },
});
