import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';

export const platformCheck = defineCommand({
  words: ['platform', 'check'],
  summary: 'Try a platform step by step: reachable, token, scopes, clock, line items',
  args: { usage: 'PLATFORM_ID', min: 1, max: 1 },
  details: 'Ends with 1 when a step failed.',
  flags: { 'line-items': { value: 'URL', help: "a course's line items URL, to try those too" } },
  async run({ gradewire, out, json, signal }, flags, [platformId = '']) {
    const lineItemsUrl = flags['line-items'];
    const check = await gradewire().platforms.check(platformId, {
      signal,
      ...(lineItemsUrl ? { lineItemsUrl } : {}),
    });
    if (json) out.line(JSON.stringify(check));
    else {
      for (const { ok, name, detail = '', hint, ms } of check.steps) {
        const mark = ok ? out.paint('green', '✓') : out.paint('red', '✗');
        const took = ms === undefined ? '' : out.paint('dim', ` ${Math.round(ms)} ms`);
        out.line(`${mark} ${name}${detail && `: ${detail}`}${took}`);
        if (!ok && hint) out.line(`  ${out.paint('yellow', hint)}`);
      }
      out.line(check.ok ? out.paint('green', 'Ready for scores.') : out.paint('red', 'Not ready.'));
    }
    return check.ok ? EXIT.ok : EXIT.failed;
  },
});
