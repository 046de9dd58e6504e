import type { ScoreQuery, ScoreStatus } from '@gradewire/sdk';
import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { numberFlag } from '../command/numbers.ts';
import { take } from '../command/take.ts';
import { printScoreTable } from '../delivery/print-score.ts';

export const scoreList = defineCommand({
  words: ['score', 'list'],
  summary: 'List the scores of a platform',
  flags: {
    platform: { value: 'ID', help: 'the platform', required: true },
    status: {
      value: 'WORD',
      help: 'queued, delivering, retrying, held, delivered, superseded, dead or cancelled',
    },
    user: { value: 'ID', help: 'only of this student' },
    'line-item': { value: 'URL', help: 'only of this column' },
    'external-id': { value: 'ID', help: 'only with this id of yours' },
    since: { value: 'TIME', help: 'accepted at or after' },
    until: { value: 'TIME', help: 'accepted before' },
    limit: { value: 'N', help: 'how many at most (default 50)' },
  },
  async run({ gradewire, out, json, signal }, flags) {
    const query: ScoreQuery = {
      platformId: flags.platform,
      ...(flags.status ? { status: flags.status as ScoreStatus } : {}),
      ...(flags.user ? { userId: flags.user } : {}),
      ...(flags['line-item'] ? { lineItemUrl: flags['line-item'] } : {}),
      ...(flags['external-id'] ? { externalId: flags['external-id'] } : {}),
      ...(flags.since ? { since: flags.since } : {}),
      ...(flags.until ? { until: flags.until } : {}),
    };
    const limit = numberFlag('limit', flags.limit, { min: 1, integer: true }) ?? 50;
    const { data, more } = await take(gradewire().scores.all(query, { signal }), limit);
    if (json) out.line(JSON.stringify({ data, more }));
    else if (data.length === 0) out.line('No scores.');
    else {
      printScoreTable(data, out);
      if (more) out.line(out.paint('dim', `More than ${limit}; --limit shows more.`));
    }
    return EXIT.ok;
  },
});
