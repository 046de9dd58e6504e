import { defineCommand } from '../command/command.ts';
import { CliError } from '../command/errors.ts';
import { EXIT } from '../command/exit-code.ts';
import { printScore } from '../delivery/print-score.ts';

export const deadLetterShow = defineCommand({
  words: ['dead-letter', 'show'],
  summary: 'Show why a score was refused, and every attempt',
  args: { usage: 'SCORE_ID', min: 1, max: 1 },
  flags: {},
  async run({ gradewire, out, json, signal }, _flags, [scoreId = '']) {
    const score = await gradewire().scores.get(scoreId, { signal });
    if (score.status !== 'dead') {
      throw new CliError(
        `${scoreId} is no dead letter; it is ${score.status}`,
        `See \`gradewire score get ${scoreId}\`.`,
      );
    }
    if (json) out.line(JSON.stringify(score));
    else printScore(score, out);
    return EXIT.ok;
  },
});
