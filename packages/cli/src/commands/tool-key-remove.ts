import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';

export const toolKeyRemove = defineCommand({
  words: ['tool-key', 'remove'],
  summary: 'Remove a key at once, such as one that others know',
  args: { usage: 'KID', min: 1, max: 1 },
  details:
    'With --replace a key that signs is removed too, and another signs in its place at once. Platforms that keep an old copy\nof the key set refuse that one until they read the set again; their scores wait, none is lost.',
  flags: { replace: { help: 'remove it although it signs' } },
  async run({ gradewire, out, json, signal }, { replace }, [kid = '']) {
    const replacement = await gradewire().toolKeys.delete(kid, { signal, ...(replace ? { replace } : {}) });
    if (json) out.line(JSON.stringify({ kid, removed: true, replacedBy: replacement?.kid }));
    else out.line(`Removed ${kid}${replacement ? `; ${replacement.kid} signs in its place` : ''}.`);
    return EXIT.ok;
  },
});
