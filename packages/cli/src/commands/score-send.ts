import type {
  ActivityProgress,
  GradingProgress,
  Overwrite,
  ScoreInput,
  ScoreInputByUser,
  Target,
} from '@gradewire/sdk';
import { defineCommand } from '../command/command.ts';
import { UsageError } from '../command/errors.ts';
import { EXIT } from '../command/exit-code.ts';
import { numberFlag } from '../command/numbers.ts';
import { STUDENT_FLAGS, studentFrom } from '../command/student-flags.ts';
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
    'gradewire score send --platform moodle --email ada@school.example --score 9 --score-maximum 10 --launch-id la_moodle_…',
  ],
  flags: {
    platform: { value: 'ID', help: 'the platform', required: true },
    ...STUDENT_FLAGS,
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
    overwrite: {
      value: 'WORD',
      help: 'always (default), or unlessEdited to keep a grade that a teacher entered, changed or removed',
    },
    'idempotency-key': { value: 'KEY', help: 'sending again with the same key sends nothing twice' },
    'no-wait': { help: 'return as soon as the score is accepted' },
    ...WAIT_FLAGS,
  },
  async run({ gradewire, out, json, signal }, flags) {
    const scoreMaximum = numberFlag('score-maximum', flags['score-maximum'], { min: 0 });
    const target = targetFrom(flags, scoreMaximum === undefined ? {} : { scoreMaximum });
    if (!target) throw new UsageError('which column? Give --line-item, --line-items or --launch-id');
    const scoreGiven = flags.score === 'null' ? null : numberFlag('score', flags.score, { min: 0 });
    const student = studentFrom(flags);
    const content = {
      platformId: flags.platform,
      activityProgress: (flags['activity-progress'] ?? 'Completed') as ActivityProgress,
      gradingProgress: (flags['grading-progress'] ?? 'FullyGraded') as GradingProgress,
      ...(scoreGiven === undefined ? {} : { scoreGiven }),
      ...(scoreMaximum === undefined ? {} : { scoreMaximum }),
      ...(flags.comment ? { comment: flags.comment } : {}),
      ...(flags.timestamp ? { timestamp: flags.timestamp } : {}),
      ...(flags['external-id'] ? { externalId: flags['external-id'] } : {}),
      ...(flags.force ? { force: true } : {}),
      ...(flags.overwrite ? { overwrite: flags.overwrite as Overwrite } : {}),
    };
    const score = scoreOf(content, student, target);
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

function scoreOf(
  content: Omit<ScoreInput, 'userId' | 'target'>,
  student: ReturnType<typeof studentFrom>,
  target: Target,
): ScoreInput | ScoreInputByUser {
  if ('userId' in student) return { ...content, ...student, target };
  if ('launchId' in target) return { ...content, ...student, target };
  throw new UsageError(
    'only a launch tells where the roster is: --email, --sourced-id and --name need --launch-id',
  );
}
