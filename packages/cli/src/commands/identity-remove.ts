import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { IDENTITY_FLAGS, identityFrom } from '../command/identity-flags.ts';
import { identityText } from '../identities/identity-text.ts';

export const identityRemove = defineCommand({
  words: ['identity', 'remove'],
  summary: 'Forget who somebody is that senders name',
  flags: { platform: { value: 'ID', help: 'the platform', required: true }, ...IDENTITY_FLAGS },
  examples: ['gradewire identity remove --platform moodle --github ada'],
  async run({ gradewire, out, json, signal }, { platform, ...flags }) {
    const identity = identityFrom(flags);
    await gradewire().identities.delete(platform, identity, { signal });
    out.line(json ? JSON.stringify({ identity, removed: true }) : `Removed ${identityText(identity)}`);
    return EXIT.ok;
  },
});
