import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';

export const toolKeyRotate = defineCommand({
  words: ['tool-key', 'rotate'],
  summary: 'Publish a new key, which signs once platforms have had time to learn it',
  details:
    'The key before it goes on signing until then and is served for 14 days after. Platforms that were given a pasted key\nare to pin theirs first: gradewire platform add ... --tool-key KID',
  examples: [
    'gradewire tool-key rotate',
    'gradewire tool-key rotate --platform moodle',
    'gradewire tool-key rotate --signs-from 2027-07-01T03:00:00Z',
  ],
  flags: {
    platform: { value: 'ID', help: 'a key of its own for this platform' },
    'signs-from': { value: 'TIME', help: 'when it begins (default: a day and a little)' },
  },
  async run({ gradewire, out, json, signal }, flags) {
    const key = await gradewire().toolKeys.rotate(
      {
        ...(flags.platform ? { platformId: flags.platform } : {}),
        ...(flags['signs-from'] ? { signsFrom: flags['signs-from'] } : {}),
      },
      { signal },
    );
    const forWhom = key.platformId ? ` for ${key.platformId}` : '';
    out.line(
      json ? JSON.stringify(key) : `Published ${key.kid}; it signs${forWhom} from ${key.signsFrom} on.`,
    );
    return EXIT.ok;
  },
});
