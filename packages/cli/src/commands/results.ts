import type { Result, ResultQuery } from '@gradewire/sdk';
import { defineCommand } from '../command/command.ts';
import { UsageError } from '../command/errors.ts';
import { EXIT } from '../command/exit-code.ts';
import { TRUNCATED } from '../gradebook/print-line-items.ts';
import { gradeText } from '../terminal/format.ts';
import { renderTable } from '../terminal/table.ts';

export const results = defineCommand({
  words: ['results'],
  summary: 'Show what a gradebook column shows at this moment',
  flags: {
    platform: { value: 'ID', help: 'the platform', required: true },
    'line-item': { value: 'URL', help: 'the column, by its line item URL' },
    'launch-id': { value: 'ID', help: 'or by a recorded launch' },
    user: { value: 'ID', help: 'only of this student' },
  },
  async run({ gradewire, out, json, signal }, flags) {
    const query = queryFrom(flags);
    const list = await gradewire().results.list(query, { signal });
    if (json) out.line(JSON.stringify(list));
    else if (list.data.length === 0) out.line('No grades.');
    else out.line(renderTable(COLUMNS, list.data.map(rowOf), out.paint));
    if (list.truncated && !json) out.line(out.paint('yellow', TRUNCATED));
    return EXIT.ok;
  },
});

const COLUMNS = [
  { title: 'User' },
  { title: 'Grade', align: 'right' as const },
  { title: 'Graded' },
  { title: 'Comment', maxWidth: 60 },
];

function rowOf({ userId, resultScore, resultMaximum = 1, timestamp = '', comment = '' }: Result): string[] {
  return [userId, gradeText(resultScore, resultMaximum), timestamp, comment];
}

function queryFrom(flags: {
  platform: string;
  'line-item': string | undefined;
  'launch-id': string | undefined;
  user: string | undefined;
}): ResultQuery {
  const { platform: platformId, 'line-item': lineItemUrl, 'launch-id': launchId, user } = flags;
  const rest = { platformId, ...(user !== undefined && { userId: user }) };
  if (lineItemUrl !== undefined && launchId === undefined) return { ...rest, lineItemUrl };
  if (launchId !== undefined && lineItemUrl === undefined) return { ...rest, launchId };
  throw new UsageError('give either --line-item or --launch-id');
}
