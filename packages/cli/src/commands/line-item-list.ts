import { defineCommand } from '../command/command.ts';
import { COURSE_FLAGS, courseFrom } from '../command/course-flags.ts';
import { EXIT } from '../command/exit-code.ts';
import { printLineItems, TRUNCATED } from '../gradebook/print-line-items.ts';

export const lineItemList = defineCommand({
  words: ['line-item', 'list'],
  summary: 'List the gradebook columns of a course',
  flags: {
    ...COURSE_FLAGS,
    'resource-link-id': { value: 'ID', help: 'only on this resource link' },
    'resource-id': { value: 'ID', help: 'only for this resource' },
    tag: { value: 'TAG', help: 'only with this tag' },
  },
  async run({ gradewire, out, json, signal }, flags) {
    const { 'resource-link-id': resourceLinkId, 'resource-id': resourceId, tag } = flags;
    const query = {
      ...courseFrom(flags),
      ...(resourceLinkId !== undefined && { resourceLinkId }),
      ...(resourceId !== undefined && { resourceId }),
      ...(tag !== undefined && { tag }),
    };
    const list = await gradewire().lineItems.list(query, { signal });
    if (json) out.line(JSON.stringify(list));
    else if (list.data.length === 0) out.line('No columns that this tool can see.');
    else printLineItems(list.data, out);
    if (list.truncated && !json) out.line(out.paint('yellow', TRUNCATED));
    return EXIT.ok;
  },
});
