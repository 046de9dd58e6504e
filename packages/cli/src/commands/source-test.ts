import { extname } from 'node:path';
import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { readInput } from '../command/read-input.ts';
import { printTest } from '../webhooks/print-test.ts';

const CONTENT_TYPES: Record<string, string> = { '.json': 'application/json', '.csv': 'text/csv' };

export const sourceTest = defineCommand({
  words: ['source', 'test'],
  summary: 'Say what a sample of what a source sends would become; nothing is sent',
  args: { usage: 'FILE', min: 1, max: 1 },
  details: `
FILE holds a body as the sender writes it, - is stdin. It needs no signature. Ends with 3 when something in it cannot become
a score; the hint says what is missing.`,
  examples: [
    'gradewire source test check_run.json --source cs101 --event check_run',
    'gradewire source test grades.csv --source nbgrader',
  ],
  flags: {
    source: { value: 'SOURCE_ID', help: 'the source whose settings count', required: true },
    event: { value: 'NAME', help: 'the X-GitHub-Event that comes with it' },
  },
  async run(context, { source, event }, [file = '']) {
    const { gradewire, out, json, signal } = context;
    const body = await readInput(context, file);
    const sample = {
      body: new Uint8Array(body),
      contentType: CONTENT_TYPES[extname(file).toLowerCase()] ?? 'text/plain',
      ...(event === undefined ? {} : { event }),
    };
    const result = await gradewire().webhookSources.test(source, sample, { signal });
    if (json) out.line(JSON.stringify(result));
    else printTest(result, out);
    return result.unmatched.length > 0 ? EXIT.notDelivered : EXIT.ok;
  },
});
