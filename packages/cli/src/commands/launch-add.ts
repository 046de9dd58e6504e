import { readFile } from 'node:fs/promises';
import type { LaunchInput } from '@gradewire/sdk';
import { defineCommand } from '../command/command.ts';
import { CliError, UsageError } from '../command/errors.ts';
import { EXIT } from '../command/exit-code.ts';
import { launchFrom } from '../launches/launch-csv.ts';
import { printLaunch } from '../launches/print-launch.ts';

export const launchAdd = defineCommand({
  words: ['launch', 'add'],
  summary: 'Register a launch, so that scores can name it: an id_token, or a course and its columns',
  args: { usage: '[ID_TOKEN_FILE]', min: 0, max: 1 },
  details: `
ID_TOKEN_FILE holds the id_token that the platform posted, which is verified. Without one, say what you know of the link:
at least its course or resource link, and the line items of the course or the line item.`,
  examples: [
    'gradewire launch add id-token.txt',
    'gradewire launch add --platform moodle --context-id 7 --resource-link-id 31 --line-items https://lms.example/…',
  ],
  flags: {
    platform: { value: 'ID', help: 'the platform; an id_token tells it by itself' },
    'context-id': { value: 'ID', help: "the platform's id of the course" },
    'resource-link-id': { value: 'ID', help: "the platform's id of the link" },
    'line-items': { value: 'URL', help: "the course's line items URL" },
    'line-item': { value: 'URL', help: 'the column of the link' },
    memberships: { value: 'URL', help: "the course's memberships URL" },
    title: { value: 'TEXT', help: 'what people call it' },
  },
  async run({ gradewire, out, json, signal }, { platform, ...flags }, [file]) {
    const said = Object.keys(flags).find((name) => flags[name as keyof typeof flags] !== undefined);
    if (file !== undefined && said) throw new UsageError(`the id_token already says what --${said} says`);
    if (file === undefined && !platform) throw new UsageError('missing ID_TOKEN_FILE, or --platform ID');
    const parts = {
      contextId: flags['context-id'],
      resourceLinkId: flags['resource-link-id'],
      lineItemsUrl: flags['line-items'],
      lineItemUrl: flags['line-item'],
      membershipsUrl: flags.memberships,
      title: flags.title,
    };
    const launch: LaunchInput = {
      ...(platform ? { platformId: platform } : {}),
      ...(file === undefined ? { claims: launchFrom(parts, '').claims } : { idToken: await readToken(file) }),
    };
    const kept = await gradewire().launches.create(launch, { signal });
    if (json) out.line(JSON.stringify(kept));
    else printLaunch(kept, out);
    return EXIT.ok;
  },
});

async function readToken(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError(
      `${file} cannot be read`,
      'Give a file that holds an id_token and nothing else.',
      cause,
    );
  });
  return text.trim();
}
