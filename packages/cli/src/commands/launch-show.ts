import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { printLaunch } from '../launches/print-launch.ts';

export const launchShow = defineCommand({
  words: ['launch', 'show'],
  summary: 'Show what is known of a launch',
  args: { usage: 'LAUNCH_ID', min: 1, max: 1 },
  flags: {},
  async run({ gradewire, out, json, signal }, _flags, [launchId = '']) {
    const launch = await gradewire().launches.get(launchId, { signal });
    if (json) out.line(JSON.stringify(launch));
    else printLaunch(launch, out);
    return EXIT.ok;
  },
});
