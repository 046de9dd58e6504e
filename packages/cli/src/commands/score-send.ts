import type { ActivityProgress, GradingProgress, ScoreInput } from '@gradewire/sdk';
import { defineCommand } from '../command/command.ts';
import { UsageError } from '../command/errors.ts';
import { EXIT } from '../command/exit-code.ts';
import { numberFlag } from '../command/numbers.ts';
import { TARGET_FLAGS, targetFrom } from '../command/target-flags.ts';
import { WAIT_FLAGS, waitMsFrom } from '../command/wait-flags.ts';
import { needsAttention } from '../delivery/outcome.ts';
import { printScore } from '../delivery/print-score.ts';

export const scoreSend = defineCommand({
  words: ['score', 'send'],
  summary: 'Send one score and wait until the gradebook shows it',
  details: 'Ends with 3 when the score was not delivered. `--score null` clears a grade.',
  examples: [
    'gradewire score send --platform moodle --user 42 --score 87.5 --score-maximum 100 --line-item https://lms.example/…',
  ],
  flags: {
    platform: { value: 'ID', help: 'the platform', required: true },
    user: { value: 'ID', help: "the student's LTI user id", required: true },
    score: { value: 'N', help: 'points given, or null to clear the grade' },
    'score-maximum': { value: 'N', help: 'points possible; needed with --score' },
    ...TARGET_FLAGS,
    comment: { value: 'TEXT', help: 'comment for the student' },
    timestamp: { value: 'TIME', help: 'when the score was given, with a zone (default: now)' },
    'activity-progress': {
      value: 'WORD',
      help: 'Initialized, Started, InProgress, Submitted or Completed (default)',
    },
    'grading-progress': {
      value: 'WORD',
      help: 'FullyGraded (default), Pending, PendingManual, Failed or NotReady',
    },
    'external-id': { value: 'ID', help: 'your own id, to find it by' },
    force: { help: 'send it even if nothing changed or a grade would be cleared' },
    'idempotency-key': { value: 'KEY', help: 'sending again with the same key sends nothing twice' },
    'no-wait': { help: 'return as soon as the score is accepted' },
    ...WAIT_FLAGS,
  },
  async run({ gradewire, out, json, signal }, flags) {
    const scoreMaximum = numberFlag('score-maximum', flags['score-maximum'], { min: 0 });
    const target = targetFrom(flags, scoreMaximum === undefined ? {} : { scoreMaximum });
    if (!target) throw new UsageError('which column? Give --line-item, --line-items or --launch-id');
    const scoreGiven = flags.score === 'null' ? null : numberFlag('score', flags.score, { min: 0 });
    const score: ScoreInput = {
      platformId: flags.platform,
      userId: flags.user,
      target,
      activityProgress: (flags['activity-progress'] ?? 'Completed') as ActivityProgress,
      gradingProgress: (flags['grading-progress'] ?? 'FullyGraded') as GradingProgress,
      ...(scoreGiven === undefined ? {} : { scoreGiven }),
      ...(scoreMaximum === undefined ? {} : { scoreMaximum }),
      ...(flags.comment ? { comment: flags.comment } : {}),
      ...(flags.timestamp ? { timestamp: flags.timestamp } : {}),
      ...(flags['external-id'] ? { externalId: flags['external-id'] } : {}),
      ...(flags.force ? { force: true } : {}),
    };
    const key = flags['idempotency-key'];
    const accepted = await gradewire().scores.send(score, {
      signal,
      ...(key ? { idempotencyKey: key } : {}),
    });
    if (flags['no-wait']) {
      out.line(json ? JSON.stringify(accepted) : `Accepted ${accepted.id}`);
      return EXIT.ok;
    }
    const settled = await gradewire().scores.waitForSettlement(accepted.id, {
      signal,
      timeoutMs: waitMsFrom(flags),
    });
    if (json) out.line(JSON.stringify(settled));
    else printScore(settled, out);
    return needsAttention({ status: settled.status, ...(settled.reason ? { reason: settled.reason } : {}) })
      ? EXIT.notDelivered
      : EXIT.ok;
  },
});
