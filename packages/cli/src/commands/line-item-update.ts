import type { LineItemChange } from '@gradewire/sdk';
import { defineCommand } from '../command/command.ts';
import { UsageError } from '../command/errors.ts';
import { EXIT } from '../command/exit-code.ts';
import { numberFlag } from '../command/numbers.ts';
import { printLineItems } from '../gradebook/print-line-items.ts';

export const lineItemUpdate = defineCommand({
  words: ['line-item', 'update'],
  summary: 'Change a gradebook column; what is not given stays',
  args: { usage: 'LINE_ITEM_URL', min: 1, max: 1 },
  details: 'A new maximum rescales the grades in the column on some platforms (Moodle keeps the percentage).',
  flags: {
    platform: { value: 'ID', help: 'the platform', required: true },
    label: { value: 'TEXT', help: 'its name' },
    'score-maximum': { value: 'N', help: 'its points' },
    start: { value: 'TIME', help: 'from when on work is taken; none: no such time' },
    end: { value: 'TIME', help: 'until when work is taken; none: no such time' },
  },
  examples: ['gradewire line-item update URL --platform moodle --label "Lab 3" --end none'],
  async run({ gradewire, out, json, signal }, flags, [lineItemUrl = '']) {
    const { platform: platformId, label, start, end } = flags;
    const scoreMaximum = numberFlag('score-maximum', flags['score-maximum']);
    const change: LineItemChange = {
      platformId,
      lineItemUrl,
      ...(label !== undefined && { label }),
      ...(scoreMaximum !== undefined && { scoreMaximum }),
      ...(start !== undefined && { startDateTime: timeOf(start) }),
      ...(end !== undefined && { endDateTime: timeOf(end) }),
    };
    if (Object.keys(change).length === 2) {
      throw new UsageError('give --label, --score-maximum, --start or --end');
    }
    const changed = await gradewire().lineItems.update(change, { signal });
    if (json) out.line(JSON.stringify(changed));
    else printLineItems([changed], out);
    return EXIT.ok;
  },
});

function timeOf(text: string): string | null {
  return text === 'none' ? null : text;
}
