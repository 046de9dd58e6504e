import type { Scheme } from './verifier.ts';

const STANDARD_PREFIX = 'whsec_';
const LEAST_BYTES = 24;
const MOST_BYTES = 64;
/** A token can be guessed at from outside; a secret that signs can not, and some senders dictate theirs. */
const LEAST_CHARACTERS: Record<Exclude<Scheme, 'standard'>, number> = {
  bearer: 16,
  github: 8,
  'hmac-sha256': 8,
};
const MOST_CHARACTERS = 512;

/** What is wrong with a secret for a scheme, undefined when nothing is. Does not quote it. */
export function secretProblem(scheme: Scheme, secret: string): string | undefined {
  if (scheme === 'standard') return standardKeyOf(secret) ? undefined : NOT_STANDARD;
  const least = LEAST_CHARACTERS[scheme];
  if (secret.length < least || secret.length > MOST_CHARACTERS) {
    return `must have ${least} to ${MOST_CHARACTERS} characters`;
  }
  // What else there is does not fit a header, or not unchanged.
  if (scheme === 'bearer' && !/^[\x21-\x7e]+$/.test(secret)) return 'must be visible ASCII without spaces';
  return undefined;
}

const NOT_STANDARD = `must be base64 of ${LEAST_BYTES} to ${MOST_BYTES} bytes, with or without ${STANDARD_PREFIX} before it`;

/** The key that a secret stands for: with the scheme standard what it encodes, else its own bytes. */
export function keyOf(scheme: Scheme, secret: string): Buffer {
  return (scheme === 'standard' && standardKeyOf(secret)) || Buffer.from(secret);
}

function standardKeyOf(secret: string): Buffer | undefined {
  const text = secret.startsWith(STANDARD_PREFIX) ? secret.slice(STANDARD_PREFIX.length) : secret;
  const key = Buffer.from(text, 'base64');
  const isBase64 = key.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '');
  return isBase64 && key.length >= LEAST_BYTES && key.length <= MOST_BYTES ? key : undefined;
}
