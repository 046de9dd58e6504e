import type { PlatformCheckStep } from '@gradewire/sdk';
import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What each step is called for people; one that came after this version goes by its own name. */
const TITLES: Record<string, string> = {
  configuration: 'What the platform says of itself',
  reachable: 'Platform',
  token: 'Access',
  keys: 'Our public keys',
  scopes: 'Permissions',
  clock: 'Clocks',
  lineItems: "The course's columns",
  lineItem: 'The column',
};

export const platformCheck = defineCommand({
  words: ['platform', 'check'],
  summary: 'Try a platform step by step, and say what to do about what is wrong',
  args: { usage: 'PLATFORM_ID', min: 1, max: 1 },
  details: 'Ends with 1 when a step failed. It touches no grade.',
  examples: [
    'gradewire platform check moodle',
    'gradewire platform check moodle --line-items "https://lms.example/mod/lti/services.php/2/lineitems?type_id=1"',
  ],
  flags: {
    'line-items': { value: 'URL', help: "a course's line items URL, to try those too" },
    'line-item': { value: 'URL', help: 'a column by its line item URL, to see whether it is there' },
  },
  async run({ gradewire, out, json, signal }, flags, [platformId = '']) {
    const lineItemsUrl = flags['line-items'];
    const lineItemUrl = flags['line-item'];
    const check = await gradewire().platforms.check(platformId, {
      signal,
      ...(lineItemsUrl ? { lineItemsUrl } : {}),
      ...(lineItemUrl ? { lineItemUrl } : {}),
    });
    if (json) out.line(JSON.stringify(check));
    else {
      for (const step of check.steps) printStep(step, out);
      out.line(check.ok ? out.paint('green', 'Ready for scores.') : out.paint('red', 'Not ready.'));
    }
    return check.ok ? EXIT.ok : EXIT.failed;
  },
});

function printStep({ ok, name, reason, detail, hint, ms }: PlatformCheckStep, out: Terminal): void {
  const warns = ok && hint !== undefined;
  const mark = warns ? out.paint('yellow', '!') : ok ? out.paint('green', '✓') : out.paint('red', '✗');
  const took = ms ? out.paint('dim', ` ${Math.round(ms)} ms`) : '';
  out.line(`${mark} ${TITLES[name] ?? name}${detail ? `: ${detail}` : ''}${took}`);
  if (hint) out.line(`  ${out.paint('yellow', hint)}${reason ? out.paint('dim', ` [${reason}]`) : ''}`);
}
