import { randomBytes } from 'node:crypto';
import { GradewireError } from '@gradewire/sdk';
import { CliError } from './errors.ts';

/**
 * A secret that nobody can guess, as its scheme writes it: `whsec_` and 32 bytes in base64 for Standard Webhooks, else 43
 * characters that are safe anywhere.
 */
export function newSecret(scheme: string, random: (bytes: number) => Buffer = randomBytes): string {
  const bytes = random(32);
  return scheme === 'standard' ? `whsec_${bytes.toString('base64')}` : bytes.toString('base64url');
}

/** A new secret if `asked`, a request for the thing that is to have it, finds none; what is there already keeps its own. */
export async function secretIfNew(asked: Promise<unknown>, scheme: string): Promise<string | undefined> {
  try {
    await asked;
    return undefined;
  } catch (error) {
    if (error instanceof GradewireError && error.status === 404) return newSecret(scheme);
    throw error;
  }
}

/** The secret in a variable of the environment. @throws CliError when it is not set */
export function secretFromEnv(env: Record<string, string | undefined>, name: string): string {
  const secret = env[name];
  if (secret) return secret;
  throw new CliError(`the variable ${name} is not set`, '--secret-env takes the name of a variable.');
}
