import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { printScore } from '../delivery/print-score.ts';

export const scoreGet = defineCommand({
  words: ['score', 'get'],
  summary: 'Show one score, how it stands, and its attempts',
  args: { usage: 'SCORE_ID', min: 1, max: 1 },
  flags: {},
  async run({ gradewire, out, json, signal }, _flags, [scoreId = '']) {
    const score = await gradewire().scores.get(scoreId, { signal });
    if (json) out.line(JSON.stringify(score));
    else printScore(score, out);
    return EXIT.ok;
  },
});
