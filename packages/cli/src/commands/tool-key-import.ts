import { readFile } from 'node:fs/promises';
import type { ToolKeyImport } from '@gradewire/sdk';
import { defineCommand } from '../command/command.ts';
import { CliError, UsageError } from '../command/errors.ts';
import { EXIT } from '../command/exit-code.ts';

export const toolKeyImport = defineCommand({
  words: ['tool-key', 'import'],
  summary: 'Take over a private key that platforms know already',
  args: { usage: 'FILE', min: 1, max: 1 },
  details: 'FILE holds an RSA private key, as PEM (PKCS#8 or PKCS#1) or as JSON Web Key.',
  examples: [
    'gradewire tool-key import old-tool.pem --kid the-kid-in-its-key-set',
    'gradewire platform add moodle ... --tool-key the-kid-in-its-key-set',
  ],
  flags: { kid: { value: 'KID', help: 'the name that platforms know it by (default: the "kid" of a JWK)' } },
  async run({ gradewire, out, json, signal }, flags, [file = '']) {
    const key = keyOf(await read(file), file);
    const kid = flags.kid ?? ('jwk' in key ? key.jwk.kid : undefined);
    if (typeof kid !== 'string') {
      throw new UsageError('--kid is missing: the "kid" of this key in the key set of the tool that has it');
    }
    const imported = await gradewire().toolKeys.import(kid, key, { signal });
    out.line(
      json
        ? JSON.stringify(imported)
        : `Imported and published ${kid}. It signs for the platforms that pin it: gradewire platform add ... --tool-key ${kid}`,
    );
    return EXIT.ok;
  },
});

async function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: Error) => {
    throw new CliError(`${file} cannot be read: ${cause.message}`, undefined, cause);
  });
}

/** The text is never part of an error: it is a secret. */
function keyOf(text: string, file: string): ToolKeyImport {
  if (!text.trimStart().startsWith('{')) return { pem: text };
  try {
    return { jwk: JSON.parse(text) as Record<string, unknown> };
  } catch {
    throw new CliError(`${file} is neither PEM nor JSON`);
  }
}
