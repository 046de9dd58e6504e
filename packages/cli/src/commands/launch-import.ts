import { GradewireError, type Launch } from '@gradewire/sdk';
import { type Context, defineCommand } from '../command/command.ts';
import { UsageError } from '../command/errors.ts';
import { EXIT } from '../command/exit-code.ts';
import { findFiles } from '../importers/find-files.ts';
import type { ImportedLaunch, LaunchProblem } from '../launches/imported-launch.ts';
import { LAUNCH_FORMATS, type LaunchFormat, readLaunchFiles } from '../launches/read-launch-files.ts';
import { countText } from '../terminal/format.ts';
import { startProgress } from '../terminal/progress.ts';
import { renderTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

export const launchImport = defineCommand({
  words: ['launch', 'import'],
  summary: 'Register the launches that an app has kept: of ltijs, of PyLTI1p3, or a CSV of courses',
  args: { usage: 'FILE|DIR...', min: 1, max: Number.POSITIVE_INFINITY },
  details: `
ltijs       exports of its collections: mongoexport -c idtokens -o idtokens.json, and the same of contexttokens; both
            files together, or only the second with --platform
pylti1p3    launch data as its session or cache keeps it (lti1p3-launch-…), as JSON
csv         titles: platformId,contextId,resourceLinkId,title,lineItemUrl,lineItemsUrl,membershipsUrl
The same link in many launches becomes one. Nothing of students is sent. A newer launch that is known already is not
rolled back. Ends with 3 when some launch was not taken.`,
  examples: [
    'gradewire launch import idtokens.json contexttokens.json',
    'gradewire launch import courses.csv --platform moodle --json > launches.json',
  ],
  flags: {
    platform: { value: 'ID', help: 'the platform, for launches that name none' },
    format: { value: 'NAME', help: 'ltijs, pylti1p3 or csv, instead of what the file looks like' },
  },
  async run(context, flags, paths) {
    const { out, json } = context;
    const platformId = flags.platform;
    const format = flags.format as LaunchFormat | undefined;
    if (format !== undefined && !LAUNCH_FORMATS.includes(format)) {
      throw new UsageError(`--format must be ${LAUNCH_FORMATS.join(', ')}`);
    }
    const read = await readLaunchFiles(await findFiles(paths), { format, platformId });
    const { kept, refused } = await register(context, read.launches, platformId);
    const problems = [...read.problems, ...refused];
    const launches = [...new Map(kept.map((launch) => [launch.launchId, launch])).values()];
    if (json) out.line(JSON.stringify({ launches, problems }));
    else print(launches, problems, out);
    return problems.length > 0 ? EXIT.notDelivered : EXIT.ok;
  },
});

/** One after the other, so that of two that tell different things the later one in the file counts. */
async function register(
  { gradewire, err, signal }: Context,
  launches: readonly ImportedLaunch[],
  platformId: string | undefined,
): Promise<{ kept: Launch[]; refused: LaunchProblem[] }> {
  const client = gradewire();
  const kept: Launch[] = [];
  const refused: LaunchProblem[] = [];
  using progress = startProgress(err, 'Registering launches', launches.length);
  for (const [index, { source, claims, platformId: own = platformId }] of launches.entries()) {
    progress.update(index);
    try {
      kept.push(await client.launches.create({ claims, ...(own ? { platformId: own } : {}) }, { signal }));
    } catch (error) {
      // Only what is wrong with this one launch; with a wrong key none would get there.
      if (!(error instanceof GradewireError) || error.status !== 422) throw error;
      const hint = error.problem?.hint;
      refused.push({ source, message: error.message, ...(hint ? { hint } : {}) });
    }
  }
  progress.update(launches.length);
  return { kept, refused };
}

function print(launches: readonly Launch[], problems: readonly LaunchProblem[], out: Terminal): void {
  if (launches.length > 0) out.line(`${launchTable(launches, out)}\n`);
  for (const { source, message, hint } of problems) {
    out.line(`${out.paint('red', source)}: ${message}`);
    if (hint) out.line(`  ${out.paint('yellow', hint)}`);
  }
  const links = countText(launches.length, 'link');
  const missing = problems.length > 0 ? `, ${countText(problems.length, 'problem')}` : '';
  out.line(`${links} known${missing}`);
}

function launchTable(launches: readonly Launch[], { paint }: Terminal): string {
  return renderTable(
    [
      { title: 'Launch id' },
      { title: 'Title', maxWidth: 36 },
      { title: 'Course', maxWidth: 40 },
      { title: 'Link', maxWidth: 40 },
      { title: 'Column' },
    ],
    launches.map(({ launchId, title, contextId, resourceLinkId, lineItemUrl, lineItemsUrl }) => [
      launchId,
      title ?? '',
      contextId ?? '',
      resourceLinkId ?? '',
      lineItemUrl ? 'known' : lineItemsUrl ? 'to be found' : paint('yellow', 'none'),
    ]),
    paint,
  );
}
