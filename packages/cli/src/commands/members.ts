import { defineCommand } from '../command/command.ts';
import { UsageError } from '../command/errors.ts';
import { EXIT } from '../command/exit-code.ts';
import { countText } from '../terminal/format.ts';
import { renderTable } from '../terminal/table.ts';

export const members = defineCommand({
  words: ['members'],
  summary: "List a course's members, with the ids that scores need",
  details: 'Names, e-mail addresses and school ids are there only if the platform shares them with the tool.',
  examples: ['gradewire members --platform moodle --launch-id la_moodle_… --role Learner'],
  flags: {
    platform: { value: 'ID', help: 'the platform', required: true },
    'launch-id': { value: 'ID', help: 'the course of a recorded launch' },
    'memberships-url': { value: 'URL', help: 'or the address of its member list' },
    role: { value: 'ROLE', help: 'only members of this role: Learner, Instructor, …' },
  },
  async run({ gradewire, out, json, signal }, flags) {
    const { platform: platformId, 'launch-id': launchId, 'memberships-url': membershipsUrl, role } = flags;
    if ((launchId === undefined) === (membershipsUrl === undefined)) {
      throw new UsageError('which course? Give --launch-id or --memberships-url, and not both');
    }
    const place = launchId === undefined ? { membershipsUrl: membershipsUrl! } : { launchId };
    const roster = await gradewire().members.list(
      { platformId, ...place, ...(role && { role }) },
      { signal },
    );
    if (json) {
      out.line(JSON.stringify(roster));
      return EXIT.ok;
    }
    const titles = ['User id', 'Name', 'E-mail', 'School id', 'Status', 'Roles'];
    const rows = roster.data.map(({ userId, name = '', email = '', sourcedId = '', status, roles }) => [
      userId,
      name,
      email,
      sourcedId,
      status,
      roles.map((each) => each.slice(each.lastIndexOf('#') + 1)).join(', '),
    ]);
    if (rows.length > 0) {
      out.line(
        renderTable(
          titles.map((title) => ({ title })),
          rows,
          out.paint,
        ),
      );
    }
    const cut = roster.truncated ? ', and there are more than could be read' : '';
    out.line(`${countText(rows.length, 'member')} as of ${roster.readAt}${cut}`);
    return EXIT.ok;
  },
});
