import { defineCommand } from '../command/command.ts';
import { UsageError } from '../command/errors.ts';
import { EXIT } from '../command/exit-code.ts';
import { countText } from '../terminal/format.ts';

export const callbackResend = defineCommand({
  words: ['callback', 'resend'],
  summary: 'Tell a callback again: everything since a time, or one delivery',
  args: { usage: 'CALLBACK_ID', min: 1, max: 1 },
  details: 'They go under the ids they had, by which the app tells what it has had already.',
  examples: ['gradewire callback resend app --since 2027-01-31T12:00:00Z --status failed'],
  flags: {
    since: { value: 'TIME', help: 'what it was told at or after, with a zone' },
    status: { value: 'WORD', help: '  of that only what is delivered, or failed' },
    delivery: { value: 'ID', help: 'or this one' },
  },
  async run({ gradewire, out, json, signal }, { since, status, delivery }, [callbackId = '']) {
    if ((since === undefined) === (delivery === undefined)) {
      throw new UsageError('give either --since or --delivery');
    }
    const { callbacks } = gradewire();
    const resent =
      since === undefined
        ? await callbacks.resendDelivery(callbackId, delivery!, { signal })
        : await callbacks.resend(
            callbackId,
            { since, ...(status && { status: status as 'delivered' | 'failed' }) },
            { signal },
          );
    if (json) out.line(JSON.stringify({ resent }));
    else out.line(`Sending ${countText(resent, 'message')} again.`);
    return EXIT.ok;
  },
});
