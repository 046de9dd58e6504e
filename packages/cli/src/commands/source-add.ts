import { readFile } from 'node:fs/promises';
import type {
  Overwrite,
  WebhookAdapter,
  WebhookScheme,
  WebhookSignature,
  WebhookSourceInput,
} from '@gradewire/sdk';
import { defineCommand } from '../command/command.ts';
import { CliError, UsageError } from '../command/errors.ts';
import { EXIT } from '../command/exit-code.ts';
import { numberFlag } from '../command/numbers.ts';
import { secretFromEnv, secretIfNew } from '../command/secrets.ts';
import { printSource } from '../webhooks/print-source.ts';
import { SOURCE_TARGET_FLAGS, sourceTargetFrom } from '../webhooks/source-target.ts';

export const sourceAdd = defineCommand({
  words: ['source', 'add'],
  summary: 'Register an autograder that sends grades by webhook, or replace its registration',
  args: { usage: 'SOURCE_ID', min: 1, max: 1 },
  details: `
SOURCE_ID is a short name of your choice: lower-case letters, digits and hyphens. A new source that is given no secret gets a
new one, which is printed this once; a replacement without a secret keeps those it has. Two secrets at a time are for
changing them. What stands on a command line, other users of this machine can see: rather put a secret into a variable and
name that with --secret-env.`,
  examples: [
    'gradewire source add cs101 --platform moodle --scheme github --adapter github-classroom \\',
    '    --launch-id la_moodle_… --per-assignment --create',
    'gradewire source add ci --platform moodle --scheme bearer --secret-env CI_TOKEN --adapter custom --mapping ci.jsonata',
  ],
  flags: {
    platform: { value: 'ID', help: 'the platform that its grades are for', required: true },
    scheme: { value: 'NAME', help: 'standard, github, hmac-sha256 or bearer', required: true },
    adapter: {
      value: 'NAME',
      help: 'gradewire, gradescope, github-classroom, prairielearn, nbgrader or custom',
      required: true,
    },
    secret: { value: 'TEXT', help: 'the secret that the sender has', multiple: true },
    'secret-env': { value: 'NAME', help: 'the variable that holds the secret', multiple: true },
    mapping: { value: 'FILE', help: 'JSONata from the body to scores, with --adapter custom' },
    ...SOURCE_TARGET_FLAGS,
    assignment: { value: 'NAME', help: 'only grades of this assignment, where a sender sends several' },
    'score-maximum': { value: 'N', help: 'points possible, where the sender does not say' },
    overwrite: {
      value: 'WORD',
      help: 'always (default), or unlessEdited to keep a grade that a teacher entered, changed or removed',
    },
    header: { value: 'NAME', help: 'with hmac-sha256: the header of the signature (default X-Signature)' },
    encoding: { value: 'WORD', help: '  hex (default) or base64' },
    prefix: { value: 'TEXT', help: '  what precedes the signature, such as sha256=' },
    'delivery-id-header': {
      value: 'NAME',
      help: "with hmac-sha256 or bearer: the header of the sender's id of a delivery",
    },
  },
  async run({ gradewire, env, out, json, signal }, flags, [sourceId = '']) {
    const scoreMaximum = numberFlag('score-maximum', flags['score-maximum'], { min: 0 });
    if (scoreMaximum === 0) throw new UsageError('--score-maximum must be more than 0');
    const target = sourceTargetFrom(flags, scoreMaximum);
    const { header, encoding, prefix } = flags;
    const signature = signatureFrom({ header, encoding, prefix });
    const { overwrite, 'delivery-id-header': deliveryIdHeader } = flags;
    const defaults = {
      ...(scoreMaximum === undefined ? {} : { scoreMaximum }),
      ...(overwrite === undefined ? {} : { overwrite: overwrite as Overwrite }),
    };
    const input: WebhookSourceInput = {
      platformId: flags.platform,
      scheme: flags.scheme as WebhookScheme,
      adapter: flags.adapter as WebhookAdapter,
      ...(flags.mapping === undefined ? {} : { mapping: await readMapping(flags.mapping) }),
      ...(target && { target }),
      ...(flags.assignment === undefined ? {} : { assignment: flags.assignment }),
      ...(signature && { signature }),
      ...(deliveryIdHeader === undefined ? {} : { deliveryIdHeader }),
      ...(Object.keys(defaults).length > 0 && { defaults }),
    };
    const given = [
      ...(flags.secret ?? []),
      ...(flags['secret-env'] ?? []).map((name) => secretFromEnv(env, name)),
    ];
    const { webhookSources } = gradewire();
    const made =
      given.length === 0
        ? await secretIfNew(webhookSources.get(sourceId, { signal }), flags.scheme)
        : undefined;
    const secrets = made === undefined ? given : [made];
    const source = await webhookSources.put(
      sourceId,
      { ...input, ...(secrets.length > 0 && { secrets }) },
      { signal },
    );
    if (json) out.line(JSON.stringify({ ...source, ...(made !== undefined && { secret: made }) }));
    else {
      printSource(source, out);
      if (made !== undefined) out.line(`\nIts secret, shown this once: ${out.paint('bold', made)}`);
      out.line(`\nTry it with what it sends: gradewire source test FILE --source ${sourceId}`);
    }
    return EXIT.ok;
  },
});

function signatureFrom(flags: {
  header: string | undefined;
  encoding: string | undefined;
  prefix: string | undefined;
}): WebhookSignature | undefined {
  if (Object.values(flags).every((value) => value === undefined)) return undefined;
  const { header = 'X-Signature', encoding = 'hex', prefix } = flags;
  return { header, encoding: encoding as WebhookSignature['encoding'], ...(prefix && { prefix }) };
}

async function readMapping(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((cause: Error) => {
    throw new CliError(`${file} cannot be read: ${cause.message}`, 'Give a file with JSONata.', cause);
  });
}
