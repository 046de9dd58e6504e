import { printCallback } from '../callbacks/print-callback.ts';
import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';

export const callbackShow = defineCommand({
  words: ['callback', 'show'],
  summary: 'Show a callback and how it does',
  args: { usage: 'CALLBACK_ID', min: 1, max: 1 },
  flags: {},
  async run({ gradewire, out, json, signal }, _flags, [callbackId = '']) {
    const callback = await gradewire().callbacks.get(callbackId, { signal });
    if (json) out.line(JSON.stringify(callback));
    else printCallback(callback, out);
    return EXIT.ok;
  },
});
