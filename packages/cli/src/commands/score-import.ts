import { defineCommand } from '../command/command.ts';
import { UsageError } from '../command/errors.ts';
import { EXIT } from '../command/exit-code.ts';
import { numberFlag } from '../command/numbers.ts';
import { TARGET_FLAGS, targetFrom } from '../command/target-flags.ts';
import { WAIT_FLAGS, waitMsFrom } from '../command/wait-flags.ts';
import { deliverWithProgress } from '../delivery/deliver-with-progress.ts';
import { needsAttention, type Outcome } from '../delivery/outcome.ts';
import { printOutcomes } from '../delivery/print-outcomes.ts';
import { findFiles } from '../importers/find-files.ts';
import { type ImportProblem, mergeImported } from '../importers/imported-score.ts';
import { prepareScores } from '../importers/prepare.ts';
import { readImportFile } from '../importers/read-file.ts';

export const scoreImport = defineCommand({
  words: ['score', 'import'],
  summary: 'Send the grades in files: Gradescope results.json, nbgrader CSV, plain CSV or JSON lines',
  args: { usage: 'FILE|DIR...', min: 1, max: Number.POSITIVE_INFINITY },
  details: `
results.json    one student's autograder output in Gradescope's format; the file's or its folder's name is the
                student (ada.json, ada/results.json). Hidden tests count and are never mentioned to the student.
*.csv           what \`nbgrader export\` writes: each assignment is a column of its own with --line-items; or titles
                as the API has them: userId,scoreGiven,scoreMaximum,comment,target.lineItemUrl,...
*.jsonl         one JSON object a line, with the fields of the API
Importing a file again sends nothing that has not changed. Ends with 3 when some score did not get there.`,
  examples: [
    'gradewire score import results/ --platform moodle --line-item https://lms.example/…/lineitem?type_id=1',
    'gradewire score import grades.csv --platform moodle --line-items https://lms.example/…/lineitems --create',
  ],
  flags: {
    platform: { value: 'ID', help: 'the platform, for scores that name none' },
    ...TARGET_FLAGS,
    assignment: { value: 'NAME', help: 'only this assignment of a CSV' },
    'score-maximum': { value: 'N', help: 'what each score is out of, instead of what the files say' },
    'no-wait': { help: 'return as soon as everything is accepted' },
    ...WAIT_FLAGS,
  },
  async run(context, flags, paths) {
    const scoreMaximum = numberFlag('score-maximum', flags['score-maximum'], { min: 0 });
    if (scoreMaximum === 0) throw new UsageError('--score-maximum must be more than 0');
    const files = await findFiles(paths);
    const parts = await Promise.all(
      files.map((file) => readImportFile(file, scoreMaximum === undefined ? {} : { scoreMaximum })),
    );
    const { ready, problems } = prepareScores(mergeImported(parts), {
      platformId: flags.platform,
      assignment: flags.assignment,
      targetFor: (defaults) => targetFrom(flags, defaults),
    });
    const delivered = await deliverWithProgress(context, ready, flags['no-wait'] ? 0 : waitMsFrom(flags));
    const outcomes = [...delivered, ...problems.map(unreadable)];
    if (context.json) context.out.line(JSON.stringify({ outcomes }));
    else printOutcomes(outcomes, context.out);
    const missing = flags['no-wait']
      ? problems.length > 0 || outcomes.some(isRejected)
      : outcomes.some(needsAttention);
    return missing ? EXIT.notDelivered : EXIT.ok;
  },
});

const isRejected = ({ status }: Outcome) => status === 'rejected';

function unreadable({ source, userId = '', message, hint }: ImportProblem): Outcome {
  return {
    source,
    userId,
    status: 'rejected',
    reason: 'UNREADABLE',
    detail: message,
    ...(hint ? { hint } : {}),
  };
}
