import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';

export const callbackRemove = defineCommand({
  words: ['callback', 'remove'],
  summary: 'Tell a callback nothing any more',
  args: { usage: 'CALLBACK_ID', min: 1, max: 1 },
  flags: {},
  async run({ gradewire, out, json, signal }, _flags, [callbackId = '']) {
    await gradewire().callbacks.delete(callbackId, { signal });
    out.line(json ? JSON.stringify({ id: callbackId, removed: true }) : `Removed ${callbackId}`);
    return EXIT.ok;
  },
});
