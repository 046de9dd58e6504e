import { type Context, defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { readInput } from '../command/read-input.ts';
import { readIdentities } from '../identities/read-identities.ts';
import { type IdentityImport, storeIdentities } from '../identities/store-identities.ts';
import { countText } from '../terminal/format.ts';
import { startProgress } from '../terminal/progress.ts';

export const identityImport = defineCommand({
  words: ['identity', 'import'],
  summary: 'Tell who the students are that senders name: from a CSV, or the roster of a GitHub Classroom',
  args: { usage: 'FILE', min: 1, max: 1 },
  details: `
A CSV has titles. How senders know a student: github, email, sourcedId, name, senderId; a line may have several. Who that is on
the platform, one of: userId, user.email, user.sourcedId, user.name. So "email" is the address that a sender writes, and
"user.email" the one in the roster of the course.
The roster that a GitHub Classroom lets you download (identifier,github_username,github_id,name) is taken as it is: the
identifier is an e-mail address or the school's own id of the student. FILE may be -, for stdin.
Grades that lacked these students are tried again. Ends with 3 when some line was not taken.`,
  examples: [
    'gradewire identity import classroom_roster.csv --platform moodle',
    'gradewire identity import logins.csv --platform moodle   # github,userId',
  ],
  flags: { platform: { value: 'ID', help: 'the platform that the students are on', required: true } },
  async run(context, { platform }, [file = '']) {
    const { out, json } = context;
    const text = (await readInput(context, file)).toString();
    const read = readIdentities(text, file === '-' ? 'stdin' : file);
    const stored = await store(context, platform, read.identities);
    const result = { ...stored, skipped: read.skipped, problems: [...read.problems, ...stored.problems] };
    if (json) out.line(JSON.stringify({ platformId: platform, ...result }));
    else print(result, out);
    return result.problems.length > 0 ? EXIT.notDelivered : EXIT.ok;
  },
});

async function store(
  { gradewire, err, signal }: Context,
  platformId: string,
  identities: ReturnType<typeof readIdentities>['identities'],
): Promise<IdentityImport> {
  const client = gradewire();
  using progress = startProgress(err, 'Storing identities', identities.length);
  return await storeIdentities(identities, {
    put: (inputs) => client.identities.put(platformId, inputs, { signal }),
    onProgress: (done) => progress.update(done),
  });
}

function print(
  { stored, replayed, skipped, problems }: IdentityImport & { skipped: number },
  out: Context['out'],
): void {
  for (const { source, message, hint } of problems) {
    out.line(`${out.paint('red', source)}: ${message}`);
    if (hint) out.line(`  ${out.paint('yellow', hint)}`);
  }
  const parts = [
    `${countText(stored, 'identity', 'identities')} stored`,
    ...(skipped > 0 ? [`${countText(skipped, 'student')} without a GitHub login skipped`] : []),
    ...(problems.length > 0 ? [countText(problems.length, 'problem')] : []),
  ];
  out.line(parts.join(', '));
  if (replayed > 0) out.line(`${countText(replayed, 'delivery', 'deliveries')} of grades tried again.`);
}
