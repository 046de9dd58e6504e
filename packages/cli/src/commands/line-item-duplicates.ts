import type { DuplicateLineItems } from '@gradewire/sdk';
import { defineCommand } from '../command/command.ts';
import { COURSE_FLAGS, courseFrom } from '../command/course-flags.ts';
import { EXIT } from '../command/exit-code.ts';
import { printLineItems, TRUNCATED } from '../gradebook/print-line-items.ts';

export const lineItemDuplicates = defineCommand({
  words: ['line-item', 'duplicates'],
  summary: 'Find columns of a course that stand for the same work',
  flags: COURSE_FLAGS,
  async run({ gradewire, out, json, signal }, flags) {
    const course = courseFrom(flags);
    const list = await gradewire().lineItems.duplicates(course, { signal });
    if (json) {
      out.line(JSON.stringify(list));
      return EXIT.ok;
    }
    if (list.data.length === 0) out.line('No two columns stand for the same work.');
    for (const group of list.data) {
      out.line(out.paint('bold', titleOf(group)));
      printLineItems(group.lineItems, out);
      out.line('');
    }
    if (list.data.length > 0) {
      out.line(out.paint('dim', 'Choose the one to use: gradewire line-item adopt URL'));
    }
    if (list.truncated) out.line(out.paint('yellow', TRUNCATED));
    return EXIT.ok;
  },
});

function titleOf({ by, resourceId, tag, resourceLinkId }: DuplicateLineItems): string {
  if (by === 'resourceLinkId') return `On the resource link ${resourceLinkId}:`;
  return `For the resource ${resourceId}${tag === undefined ? '' : `, tag ${tag}`}:`;
}
