import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { take } from '../command/take.ts';
import { renderTable } from '../terminal/table.ts';

export const platformList = defineCommand({
  words: ['platform', 'list'],
  summary: 'List the registered platforms',
  flags: {},
  async run({ gradewire, out, json, signal }) {
    const { data: platforms } = await take(gradewire().platforms.all({ signal }), Number.POSITIVE_INFINITY);
    if (json) out.line(JSON.stringify({ data: platforms }));
    else if (platforms.length === 0)
      out.line('No platforms yet. Register one with `gradewire platform add`.');
    else {
      const rows = platforms.map(({ id, name, profile, issuer = '', clientId }) => [
        id,
        name,
        profile,
        issuer,
        clientId,
      ]);
      const titles = ['Id', 'Name', 'Profile', 'Issuer', 'Client id'];
      out.line(
        renderTable(
          titles.map((title) => ({ title })),
          rows,
          out.paint,
        ),
      );
    }
    return EXIT.ok;
  },
});
