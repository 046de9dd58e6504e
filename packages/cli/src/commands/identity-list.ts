import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { numberFlag } from '../command/numbers.ts';
import { take } from '../command/take.ts';
import { studentText } from '../delivery/print-score.ts';
import { identityText } from '../identities/identity-text.ts';
import { renderTable } from '../terminal/table.ts';

export const identityList = defineCommand({
  words: ['identity', 'list'],
  summary: 'List who the students are that senders name',
  flags: {
    platform: { value: 'ID', help: 'the platform', required: true },
    limit: { value: 'N', help: 'how many at most (default 50)' },
  },
  async run({ gradewire, out, json, signal }, flags) {
    const limit = numberFlag('limit', flags.limit, { min: 1, integer: true }) ?? 50;
    const rows = gradewire().identities.all({ platformId: flags.platform }, { signal });
    const { data, more } = await take(rows, limit);
    if (json) out.line(JSON.stringify({ data, more }));
    else if (data.length === 0) out.line('No identities yet. Add some with `gradewire identity import`.');
    else {
      const titles = ['Identity', 'Student', 'Known by', 'Changed'];
      out.line(
        renderTable(
          titles.map((title) => ({ title })),
          data.map((row) => [
            identityText(row.identity),
            studentText(row),
            Object.keys(row.user ?? { userId: row.userId })[0] ?? '',
            row.updatedAt,
          ]),
          out.paint,
        ),
      );
      if (more) out.line(out.paint('dim', `More than ${limit}; --limit shows more.`));
    }
    return EXIT.ok;
  },
});
