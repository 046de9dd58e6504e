import type { ToolKey } from '@gradewire/sdk';
import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { take } from '../command/take.ts';
import { renderTable } from '../terminal/table.ts';

export const toolKeyList = defineCommand({
  words: ['tool-key', 'list'],
  summary: 'List the keys that sign for this tool, and what each is for',
  flags: {},
  async run({ gradewire, out, json, signal }) {
    const { data: keys } = await take(gradewire().toolKeys.all({ signal }), Number.POSITIVE_INFINITY);
    if (json) out.line(JSON.stringify({ data: keys }));
    else {
      const titles = ['Kid', 'State', 'Signs for', 'Signs from', 'Served until'];
      const rows = keys.map((key) => [
        key.kid,
        key.state,
        purposeOf(key),
        key.signsFrom ?? '',
        key.servedUntil ?? '',
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

function purposeOf({ platformId, pinnedBy, signsFrom }: ToolKey): string {
  const line = platformId ?? (signsFrom === undefined ? undefined : 'all');
  const pins = pinnedBy.length > 3 ? [...pinnedBy.slice(0, 3), `${pinnedBy.length - 3} more`] : pinnedBy;
  const pinned = pins.length > 0 ? `pinned by ${pins.join(', ')}` : undefined;
  return [line, pinned].filter(Boolean).join('; ');
}
