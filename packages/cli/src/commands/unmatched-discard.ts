import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';

export const unmatchedDiscard = defineCommand({
  words: ['unmatched', 'discard'],
  summary: 'Give an unmatched grade up',
  args: { usage: 'SOURCE_ID UNMATCHED_ID', min: 2, max: 2 },
  flags: { note: { value: 'TEXT', help: 'why, for whoever asks later', required: true } },
  async run({ gradewire, out, json, signal }, { note }, [sourceId = '', id = '']) {
    await gradewire().unmatched.discard(sourceId, id, note, { signal });
    out.line(json ? JSON.stringify({ id, discarded: true }) : `Discarded ${id}`);
    return EXIT.ok;
  },
});
