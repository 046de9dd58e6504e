import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';

export const deadLetterDiscard = defineCommand({
  words: ['dead-letter', 'discard'],
  summary: 'Give a refused score up',
  args: { usage: 'SCORE_ID', min: 1, max: 1 },
  flags: { note: { value: 'TEXT', help: 'why, for whoever asks later', required: true } },
  async run({ gradewire, out, json, signal }, { note }, [scoreId = '']) {
    await gradewire().deadLetters.discard(scoreId, note, { signal });
    out.line(json ? JSON.stringify({ id: scoreId, discarded: true }) : `Discarded ${scoreId}`);
    return EXIT.ok;
  },
});
