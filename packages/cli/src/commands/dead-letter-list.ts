import type { DeadLetterQuery } from '@gradewire/sdk';
import { type Context, defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { numberFlag } from '../command/numbers.ts';
import { take } from '../command/take.ts';
import { printScoreTable } from '../delivery/print-score.ts';
import { renderTable } from '../terminal/table.ts';

export const deadLetterList = defineCommand({
  words: ['dead-letter', 'list'],
  summary: 'List what platforms refused: how many by reason, or one by one with --platform',
  flags: {
    platform: { value: 'ID', help: 'list those of this platform' },
    reason: { value: 'CODE', help: 'only with this reason' },
    user: { value: 'ID', help: 'only of this student' },
    'line-item': { value: 'URL', help: 'only of this column' },
    since: { value: 'TIME', help: 'dead since' },
    until: { value: 'TIME', help: 'dead before' },
    limit: { value: 'N', help: 'how many at most (default 50)' },
  },
  async run(context, flags) {
    if (!flags.platform) return await printSummary(context);
    const query: DeadLetterQuery = {
      platformId: flags.platform,
      ...(flags.reason ? { reason: flags.reason } : {}),
      ...(flags.user ? { userId: flags.user } : {}),
      ...(flags['line-item'] ? { lineItemUrl: flags['line-item'] } : {}),
      ...(flags.since ? { since: flags.since } : {}),
      ...(flags.until ? { until: flags.until } : {}),
    };
    return await printList(context, query, numberFlag('limit', flags.limit, { min: 1, integer: true }) ?? 50);
  },
});

async function printSummary({ gradewire, out, json, signal }: Context) {
  const data = await gradewire().deadLetters.summary({ signal });
  if (json) out.line(JSON.stringify({ data }));
  else if (data.length === 0) out.line('No dead letters.');
  else {
    const columns = ['Platform', 'Reason', 'Count', 'Oldest'].map((title) => ({ title }));
    const rows = data.map(({ platformId, reason, count, oldestAt, hint = '' }) => [
      platformId,
      reason,
      String(count),
      oldestAt,
      hint,
    ]);
    out.line(renderTable([...columns, { title: 'What to do' }], rows, out.paint));
    out.line(out.paint('dim', '\nOne by one: gradewire dead-letter list --platform ID'));
  }
  return EXIT.ok;
}

async function printList({ gradewire, out, json, signal }: Context, query: DeadLetterQuery, limit: number) {
  const { data, more } = await take(gradewire().deadLetters.all(query, { signal }), limit);
  if (json) out.line(JSON.stringify({ data, more }));
  else if (data.length === 0) out.line('No dead letters.');
  else {
    printScoreTable(data, out);
    if (more) out.line(out.paint('dim', `More than ${limit}; --limit shows more.`));
    out.line(
      out.paint(
        'dim',
        '\nSend again: gradewire dead-letter replay SCORE_ID, or all of a kind with gradewire replay',
      ),
    );
  }
  return EXIT.ok;
}
