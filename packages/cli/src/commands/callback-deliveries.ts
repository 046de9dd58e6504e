import type { CallbackDelivery } from '@gradewire/sdk';
import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { numberFlag } from '../command/numbers.ts';
import { take } from '../command/take.ts';
import { renderTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

const STYLE = { pending: 'yellow', delivered: 'green', failed: 'red' } as const;

export const callbackDeliveries = defineCommand({
  words: ['callback', 'deliveries'],
  summary: 'List what a callback was told, and what is still to be told, newest first',
  args: { usage: 'CALLBACK_ID', min: 1, max: 1 },
  flags: {
    status: { value: 'WORD', help: 'pending, delivered or failed' },
    limit: { value: 'N', help: 'how many at most (default 50)' },
  },
  async run({ gradewire, out, json, signal }, flags, [callbackId = '']) {
    const limit = numberFlag('limit', flags.limit, { min: 1, integer: true }) ?? 50;
    const query = flags.status ? { status: flags.status as CallbackDelivery['status'] } : {};
    const rows = gradewire().callbacks.allDeliveries(callbackId, query, { signal });
    const { data, more } = await take(rows, limit);
    if (json) out.line(JSON.stringify({ data, more }));
    else if (data.length === 0) out.line('Nothing was sent to it.');
    else {
      out.line(deliveryTable(data, out));
      if (more) out.line(out.paint('dim', `More than ${limit}; --limit shows more.`));
    }
    return EXIT.ok;
  },
});

function deliveryTable(deliveries: readonly CallbackDelivery[], { paint }: Terminal): string {
  return renderTable(
    [
      ...['Id', 'Event', 'Made', 'Status'].map((title) => ({ title })),
      { title: 'Tries', align: 'right' },
      ...['Last try', 'Next try', 'HTTP'].map((title) => ({ title })),
      { title: 'Error', maxWidth: 60 },
    ],
    deliveries.map((delivery) => [
      delivery.id,
      delivery.type,
      delivery.createdAt,
      paint(STYLE[delivery.status] ?? 'bold', delivery.status),
      String(delivery.attempts),
      delivery.lastAttemptAt ?? '',
      delivery.nextAttemptAt ?? '',
      String(delivery.httpStatus ?? ''),
      delivery.error ?? '',
    ]),
    paint,
  );
}
