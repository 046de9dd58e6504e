import type { CallbackEvent, CallbackInput } from '@gradewire/sdk';
import { printCallback } from '../callbacks/print-callback.ts';
import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { secretFromEnv, secretIfNew } from '../command/secrets.ts';

export const callbackAdd = defineCommand({
  words: ['callback', 'add'],
  summary: 'Have an app told what becomes of scores, or change how it is told; enables it again',
  args: { usage: 'CALLBACK_ID', min: 1, max: 1 },
  details: `
CALLBACK_ID is a short name of your choice: lower-case letters, digits and hyphens. Requests are signed as Standard Webhooks
says. A new callback that is given no secret gets a new one, which is printed this once; a replacement without a secret keeps
the one it has. After a change the old secret signs as well for 24 hours.`,
  examples: [
    'gradewire callback add app --to https://app.example/hooks/grades --event score.delivered --event score.dead',
  ],
  flags: {
    to: { value: 'URL', help: 'where to send them; https', required: true },
    event: {
      value: 'NAME',
      help: 'score.delivered, score.dead, score.superseded, lane.held, lane.resumed or callback.disabled',
      multiple: true,
      required: true,
    },
    'secret-env': { value: 'NAME', help: 'the variable that holds the secret, whsec_…' },
    platform: { value: 'ID', help: 'only of this platform', multiple: true },
    digest: { help: 'many events in one request: up to 500, of up to 10 seconds' },
  },
  async run({ gradewire, env, out, json, signal }, flags, [callbackId = '']) {
    const given = flags['secret-env'] === undefined ? undefined : secretFromEnv(env, flags['secret-env']);
    const { callbacks } = gradewire();
    const made =
      given === undefined ? await secretIfNew(callbacks.get(callbackId, { signal }), 'standard') : undefined;
    const secret = given ?? made;
    const input: CallbackInput = {
      url: flags.to,
      events: flags.event as CallbackEvent[],
      ...(flags.platform && { platformIds: flags.platform }),
      ...(flags.digest && { form: 'digest' }),
      ...(secret !== undefined && { secret }),
    };
    const callback = await callbacks.put(callbackId, input, { signal });
    if (json) out.line(JSON.stringify({ ...callback, ...(made !== undefined && { secret: made }) }));
    else {
      printCallback(callback, out);
      if (made !== undefined) out.line(`\nIts secret, shown this once: ${out.paint('bold', made)}`);
    }
    return EXIT.ok;
  },
});
