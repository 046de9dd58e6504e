import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { countText } from '../terminal/format.ts';
import { printEncryptionStatus } from './encryption-key-status.ts';

export const encryptionKeyReseal = defineCommand({
  words: ['encryption-key', 'reseal'],
  summary: 'Seal everything with the current encryption key',
  details:
    'For when every process runs with the new key and has the previous one beside it. It may be repeated.',
  flags: {},
  async run({ gradewire, out, json, signal }) {
    const status = await gradewire().encryptionKey.reseal({ signal });
    if (json) out.line(JSON.stringify(status));
    else {
      out.line(`Sealed ${countText(status.resealed, 'secret')} anew.\n`);
      printEncryptionStatus(status, out);
    }
    return EXIT.ok;
  },
});
