import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { WAIT_FLAGS, waitMsFrom } from '../command/wait-flags.ts';
import { needsAttention } from '../delivery/outcome.ts';
import { printScore } from '../delivery/print-score.ts';

export const deadLetterReplay = defineCommand({
  words: ['dead-letter', 'replay'],
  summary: 'Send a refused score again, after its cause is gone',
  args: { usage: 'SCORE_ID', min: 1, max: 1 },
  details:
    'What is posted is the newest score of that student and column, never an older one. Ends with 3 when it was refused again.',
  flags: { 'no-wait': { help: 'return without waiting for the gradebook' }, ...WAIT_FLAGS },
  async run({ gradewire, out, json, signal }, flags, [scoreId = '']) {
    await gradewire().deadLetters.replay(scoreId, { signal });
    if (flags['no-wait']) {
      out.line(json ? JSON.stringify({ id: scoreId }) : `Replaying ${scoreId}`);
      return EXIT.ok;
    }
    const score = await gradewire().scores.waitForSettlement(scoreId, {
      signal,
      timeoutMs: waitMsFrom(flags),
    });
    if (json) out.line(JSON.stringify(score));
    else printScore(score, out);
    const { status, reason } = score;
    return needsAttention({ status, ...(reason ? { reason } : {}) }) ? EXIT.notDelivered : EXIT.ok;
  },
});
