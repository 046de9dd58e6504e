import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { take } from '../command/take.ts';
import { renderTable } from '../terminal/table.ts';

export const sourceList = defineCommand({
  words: ['source', 'list'],
  summary: 'List the senders of grades by webhook',
  flags: {},
  async run({ gradewire, out, json, signal }) {
    const { data } = await take(gradewire().webhookSources.all({ signal }), Number.POSITIVE_INFINITY);
    if (json) out.line(JSON.stringify({ data }));
    else if (data.length === 0) out.line('No sources yet. Register one with `gradewire source add`.');
    else {
      const titles = ['Id', 'Platform', 'Scheme', 'Adapter', 'Unmatched', 'Webhooks go to'];
      const rows = data.map(({ id, platformId, scheme, adapter, unmatched, url }) => [
        id,
        platformId,
        scheme,
        adapter,
        unmatched > 0 ? out.paint('yellow', String(unmatched)) : '',
        url,
      ]);
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
