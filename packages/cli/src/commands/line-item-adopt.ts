import { defineCommand } from '../command/command.ts';
import { COURSE_FLAGS, courseFrom } from '../command/course-flags.ts';
import { EXIT } from '../command/exit-code.ts';
import { countText } from '../terminal/format.ts';

export const lineItemAdopt = defineCommand({
  words: ['line-item', 'adopt'],
  summary: 'Choose which of several columns for the same work is used',
  args: { usage: 'LINE_ITEM_URL', min: 1, max: 1 },
  details: `Scores that name a resource or a launch go to it from now on, those that wait included; a score that names a
line item goes there as before. Grades in the other columns stay there. Undone by adopting another.`,
  flags: COURSE_FLAGS,
  async run({ gradewire, out, json, signal }, flags, [lineItemUrl = '']) {
    const input = { ...courseFrom(flags), lineItemUrl };
    const adopted = await gradewire().lineItems.adopt(input, { signal });
    if (json) {
      out.line(JSON.stringify(adopted));
      return EXIT.ok;
    }
    const { lineItem, insteadOf, waiting } = adopted;
    out.line(
      `"${lineItem.label}" is used from now on instead of ${countText(insteadOf.length, 'other column')}.`,
    );
    if (waiting > 0) out.line(`${countText(waiting, 'score')} that waited go to it now.`);
    const graded = insteadOf.filter(({ delivered }) => delivered > 0);
    for (const { label, lineItemUrl: url, delivered } of graded) {
      const students = countText(delivered, 'student');
      out.line(out.paint('yellow', `Grades of ${students} are still in "${label}" only: ${url}`));
    }
    return EXIT.ok;
  },
});
