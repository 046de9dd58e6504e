import type { LineItem } from '@gradewire/sdk';
import { renderTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

const COLUMNS = [
  { title: 'Label', maxWidth: 40 },
  { title: 'Maximum', align: 'right' as const },
  { title: 'Resource', maxWidth: 40 },
  { title: 'Tag' },
  { title: 'Resource link', maxWidth: 40 },
  { title: 'Students', align: 'right' as const },
  { title: 'Note' },
  { title: 'Line item' },
];

/** Columns of a gradebook, one a line. */
export function printLineItems(items: readonly LineItem[], out: Terminal): void {
  const rows = items.map((item) => [
    item.label,
    String(item.scoreMaximum),
    item.resourceId ?? '',
    item.tag ?? '',
    item.resourceLinkId ?? '',
    item.delivered === 0 ? '' : String(item.delivered),
    noteOf(item),
    item.lineItemUrl,
  ]);
  out.line(renderTable(COLUMNS, rows, out.paint));
}

function noteOf({ created, replacedBy, drift = {} }: LineItem): string {
  const notes = [
    replacedBy !== undefined && 'another was adopted',
    created && 'made by Gradewire',
    drift.label !== undefined && `was "${drift.label}"`,
    drift.scoreMaximum !== undefined && `maximum was ${drift.scoreMaximum}`,
  ];
  return notes.filter((note) => note !== false).join(', ');
}

/** Said when a list is not whole. */
export const TRUNCATED = 'The platform has more than could be read.';
