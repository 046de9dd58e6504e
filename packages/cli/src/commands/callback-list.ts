import { callbackStatus } from '../callbacks/print-callback.ts';
import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { take } from '../command/take.ts';
import { renderTable } from '../terminal/table.ts';

export const callbackList = defineCommand({
  words: ['callback', 'list'],
  summary: 'List who is told what becomes of scores',
  flags: {},
  async run({ gradewire, out, json, signal }) {
    const { data } = await take(gradewire().callbacks.all({ signal }), Number.POSITIVE_INFINITY);
    if (json) out.line(JSON.stringify({ data }));
    else if (data.length === 0) out.line('No callbacks yet. Register one with `gradewire callback add`.');
    else {
      const columns = ['Id', 'Status', 'To', 'Events', 'Platforms'].map((title) => ({ title }));
      const rows = data.map(({ id, status, url, events, platformIds, pending }) => [
        id,
        callbackStatus(status, out.paint),
        url,
        events.join(', '),
        platformIds?.join(', ') ?? 'all',
        String(pending),
      ]);
      out.line(renderTable([...columns, { title: 'Pending', align: 'right' }], rows, out.paint));
    }
    return EXIT.ok;
  },
});
