import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';

export const lineItemDelete = defineCommand({
  words: ['line-item', 'delete'],
  summary: 'Delete a gradebook column that holds nothing',
  args: { usage: 'LINE_ITEM_URL', min: 1, max: 1 },
  details: `Most platforms destroy the grades of a column with it. It is refused while the column shows grades, had scores
delivered to it or has scores waiting for it, or when that cannot be seen; the answer says how many there are.`,
  flags: {
    platform: { value: 'ID', help: 'the platform', required: true },
    force: { help: 'delete it all the same, grades and all' },
  },
  async run({ gradewire, out, json, signal }, { platform: platformId, force }, [lineItemUrl = '']) {
    await gradewire().lineItems.delete({ platformId, lineItemUrl, ...(force && { force }) }, { signal });
    out.line(json ? JSON.stringify({ lineItemUrl, deleted: true }) : `Deleted ${lineItemUrl}`);
    return EXIT.ok;
  },
});
