import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { numberFlag } from '../command/numbers.ts';
import { take } from '../command/take.ts';
import { printUnready } from '../webhooks/print-unready.ts';

export const unmatchedList = defineCommand({
  words: ['unmatched', 'list'],
  summary: 'List what a source sent that could not become a score, why, and what to do',
  args: { usage: 'SOURCE_ID', min: 1, max: 1 },
  details:
    'They are tried again by themselves when the source, the identities or the roster change. An Id is DELIVERY_ID.N.',
  flags: { limit: { value: 'N', help: 'how many at most (default 50)' } },
  async run({ gradewire, out, json, signal }, flags, [sourceId = '']) {
    const limit = numberFlag('limit', flags.limit, { min: 1, integer: true }) ?? 50;
    const { data, more } = await take(gradewire().unmatched.all(sourceId, { signal }), limit);
    if (json) out.line(JSON.stringify({ data, more }));
    else if (data.length === 0) out.line('Nothing is unmatched.');
    else {
      printUnready(data, out);
      if (more) out.line(out.paint('dim', `More than ${limit}; --limit shows more.`));
    }
    return EXIT.ok;
  },
});
