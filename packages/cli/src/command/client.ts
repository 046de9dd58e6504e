import { createGradewire, type Gradewire } from '@gradewire/sdk';
import { CliError } from './errors.ts';

const DEFAULT_URL = 'http://127.0.0.1:8080';

interface Where {
  url: string | undefined;
  'api-key': string | undefined;
}

/** The client that flags, or else the environment, describe. Throws {@link CliError} when there is no key or the URL is none. */
export function clientFrom(flags: Where, env: Record<string, string | undefined>): Gradewire {
  const baseUrl = flags.url ?? env.GRADEWIRE_URL ?? DEFAULT_URL;
  const apiKey = flags['api-key'] ?? env.GRADEWIRE_API_KEY;
  if (!apiKey) {
    throw new CliError('no API key', 'Give one with --api-key or GRADEWIRE_API_KEY; `npm start` prints one.');
  }
  try {
    return createGradewire({ baseUrl, apiKey });
  } catch (cause) {
    const name = flags.url ? '--url' : 'GRADEWIRE_URL';
    throw new CliError(`${name} is not an http(s) URL: ${baseUrl}`, `Such as ${DEFAULT_URL}.`, cause);
  }
}
