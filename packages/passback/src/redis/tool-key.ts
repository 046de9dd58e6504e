import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

const MODULUS_BITS = 2048;
const KID = /^[\w.~-]{1,128}$/;

export type ToolKeyErrorCode = 'INVALID_KEY' | 'KID_TAKEN' | 'UNKNOWN_KEY' | 'NO_KEY';

/** Why a tool key cannot be taken or used. The message is for a person and says nothing of the key itself. */
export class ToolKeyError extends Error {
  override name = 'ToolKeyError';
  readonly code: ToolKeyErrorCode;

  constructor(code: ToolKeyErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A new RSA key pair for RS256, as private JWK. */
export async function generateToolKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: MODULUS_BITS, extractable: true });
  return await exportJWK(privateKey);
}

/** What a platform may see of a private JWK. */
export function publicJwkOf(kid: string, { kty, n, e }: JWK): JWK {
  return { kty: kty!, n: n!, e: e!, kid, alg: 'RS256', use: 'sig' };
}

/** The public key as PEM, for platforms that take a pasted key. */
export function publicPemOf(jwk: JWK): string {
  return createPublicKey({ key: jwk as never, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();
}

/**
 * Reads a private RSA key in JWK or PEM (PKCS#8 or PKCS#1) for use under `kid`.
 * @throws ToolKeyError `INVALID_KEY` that says what is wrong with it
 */
export function readToolKey(kid: string, input: JWK | string): JWK {
  if (!KID.test(kid)) throw invalid('the kid takes 1 to 128 letters, digits and - . _ ~');
  const key = typeof input === 'string' ? fromPem(input) : fromJwk(kid, input);
  if (key.asymmetricKeyType !== 'rsa') {
    throw invalid(`the key must be RSA, for RS256; it is ${key.asymmetricKeyType ?? 'of another kind'}`);
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < MODULUS_BITS)
    throw invalid(`RS256 takes RSA keys of at least ${MODULUS_BITS} bits; this has ${bits}`);
  const jwk = key.export({ format: 'jwk' }) as JWK;
  if (!belongTogether(jwk)) throw invalid('its public and private parts are not of one key');
  return jwk;
}

/**
 * Whether the parts of a private JWK are of one key (RFC 8017 section 3.2). One put together wrongly parses, and with some
 * wrong parts it even signs; elsewhere it does not, or every platform refuses what it signs.
 */
function belongTogether(jwk: JWK): boolean {
  const [n, e, d, p, q, dp, dq, qi] = [jwk.n, jwk.e, jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map(
    numberOf,
  );
  if (p! < 2n || q! < 2n || p! * q! !== n) return false;
  const [ofP, ofQ] = [p! - 1n, q! - 1n];
  return (
    (e! * d!) % ofP === 1n &&
    (e! * d!) % ofQ === 1n &&
    dp === d! % ofP &&
    dq === d! % ofQ &&
    (qi! * q!) % p! === 1n
  );
}

function numberOf(part: string | undefined): bigint {
  return BigInt(`0x0${Buffer.from(part ?? '', 'base64url').toString('hex')}`);
}

function fromPem(pem: string): KeyObject {
  if (/-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem))
    throw invalid('this is the public key; the private one is needed to sign');
  if (/-----BEGIN CERTIFICATE-----/.test(pem))
    throw invalid('this is a certificate; the private key is needed to sign');
  if (/ENCRYPTED/.test(pem))
    throw invalid('the key is protected by a passphrase; remove it first (openssl pkey)');
  if (/-----BEGIN OPENSSH PRIVATE KEY-----/.test(pem)) {
    throw invalid('this is an OpenSSH key; convert it to PEM first (ssh-keygen -p -m PEM)');
  }
  if (!/-----BEGIN (RSA )?PRIVATE KEY-----/.test(pem)) {
    throw invalid('this is no private key in PEM: a line "-----BEGIN PRIVATE KEY-----" is expected');
  }
  try {
    return createPrivateKey(pem);
  } catch {
    throw invalid('the PEM cannot be read: is it complete, with its line breaks?');
  }
}

function fromJwk(kid: string, jwk: JWK): KeyObject {
  if ('keys' in jwk) throw invalid('this is a key set; give one key of it');
  if (jwk.kid !== undefined && jwk.kid !== kid)
    throw invalid('the JWK has another kid than it is to be stored under');
  if (jwk.kty !== 'RSA') throw invalid('the JWK must have "kty": "RSA", for RS256');
  if (jwk.alg !== undefined && jwk.alg !== 'RS256')
    throw invalid('the JWK is meant for another "alg" than RS256');
  if (jwk.use !== undefined && jwk.use !== 'sig')
    throw invalid('the JWK is not meant for signing: "use" must be "sig"');
  if (jwk.d === undefined) throw invalid('this is the public key; the private one is needed to sign');
  try {
    return createPrivateKey({ key: jwk as never, format: 'jwk' });
  } catch {
    throw invalid('the JWK cannot be read: an RSA private key has n, e, d, p, q, dp, dq and qi');
  }
}

function invalid(message: string): ToolKeyError {
  return new ToolKeyError('INVALID_KEY', message);
}
