import { createHmac, randomUUID } from 'node:crypto';
import type { WebhookScheme, WebhookSignature } from '@gradewire/sdk';
import { hmacOf, newSecret, proofOf } from '../../support/webhook-proof.ts';
import type { Random } from '../random.ts';

const minute = 60_000;

/** A source as its sender knows it. */
export interface KnownSource {
  sourceId: string;
  scheme: WebhookScheme;
  secret: string;
  /** One that it had before. */
  formerSecret: string;
  /** With `hmac-sha256`. */
  signature?: WebhookSignature;
}

/** A request, before it is sent; a header may come several times. */
export interface WebhookRequest {
  sourceId: string;
  headers: Record<string, string | string[]>;
  body: string;
}

/** A request that is to be taken. */
interface Good extends WebhookRequest {
  source: KnownSource;
  headers: Record<string, string>;
}

export function goodRequest(source: KnownSource, body: string): Good {
  return { source, sourceId: source.sourceId, headers: signed(source, body, source.secret), body };
}

function signed(
  { scheme, signature }: KnownSource,
  body: string,
  secret: string,
  at = new Date(),
): Record<string, string> {
  const id = randomUUID();
  if (!signature) return proofOf(scheme, secret, { id, body, at });
  const { header, encoding, prefix = '' } = signature;
  return { 'webhook-id': id, [header]: `${prefix}${hmacOf(secret, body, encoding)}` };
}

/** Where the proof stands, and how it is spelt. */
function placeOf({ scheme, signature }: KnownSource): {
  header: string;
  prefix: string;
  encoding: BufferEncoding;
} {
  switch (scheme) {
    case 'standard':
      return { header: 'webhook-signature', prefix: 'v1,', encoding: 'base64' };
    case 'github':
      return { header: 'x-hub-signature-256', prefix: 'sha256=', encoding: 'hex' };
    case 'hmac-sha256':
      return { prefix: '', header: 'x-signature', encoding: 'hex', ...signature };
    case 'bearer':
      return { header: 'authorization', prefix: 'Bearer ', encoding: 'latin1' };
  }
}

/** What a forger has: requests that are good for this source or another. */
interface Loot {
  other: Good;
  sameSource: Good;
  random: Random;
}

/** Spoils a good request; `undefined` where the scheme has nothing of the kind. */
type Forgery = (good: Good, loot: Loot) => WebhookRequest | undefined;

/** The proof spelt otherwise; what is the same afterwards is no forgery. */
function respelt(change: (proof: string, loot: Loot, good: Good) => string | string[] | undefined): Forgery {
  return (good, loot) => {
    const { header, prefix } = placeOf(good.source);
    const proof = good.headers[header]!.slice(prefix.length);
    const changed = change(proof, loot, good);
    if (changed === undefined || changed === proof) return undefined;
    const value = Array.isArray(changed) ? changed.map((text) => prefix + text) : prefix + changed;
    return { ...good, headers: { ...good.headers, [header]: value } };
  };
}

/** For schemes that sign the body. */
function signing(forgery: Forgery): Forgery {
  return (good, loot) => (good.source.scheme === 'bearer' ? undefined : forgery(good, loot));
}

function only(scheme: WebhookScheme, forgery: Forgery): Forgery {
  return (good, loot) => (good.source.scheme === scheme ? forgery(good, loot) : undefined);
}

const withHeaders = (good: Good, headers: Record<string, string>): WebhookRequest => ({
  ...good,
  headers: { ...good.headers, ...headers },
});

function recoded(proof: string, { source }: Good, to: BufferEncoding): string | undefined {
  const { encoding } = placeOf(source);
  return encoding === 'latin1' ? undefined : Buffer.from(proof, encoding).toString(to);
}

const hmacWith = (key: string | Buffer, algorithm = 'sha256') =>
  signing(
    respelt((_, __, { source, headers, body }) => {
      const before =
        source.scheme === 'standard' ? `${headers['webhook-id']}.${headers['webhook-timestamp']}.` : '';
      const mac = createHmac(algorithm, key).update(before + body);
      return mac.digest(placeOf(source).encoding as 'hex' | 'base64');
    }),
  );

const signedAt = (ms: number) =>
  only('standard', ({ source, body, ...good }) => {
    const at = new Date(Date.now() + ms);
    return { ...good, body, headers: signed(source, body, source.secret, at) };
  });

/** Whatever somebody may try who has no secret of the source, by name. */
export const forgeries: Readonly<Record<string, Forgery>> = {
  'the secret of somebody': ({ source, ...good }) => ({
    ...good,
    headers: signed(source, good.body, newSecret(source.scheme)),
  }),
  'a former secret': ({ source, ...good }) => ({
    ...good,
    headers: signed(source, good.body, source.formerSecret),
  }),
  'no proof': ({ source, ...good }) => {
    const { [placeOf(source).header]: _, ...headers } = good.headers;
    return { ...good, headers };
  },
  'an empty proof': respelt(() => ''),
  'a truncated proof': respelt((proof, { random }) => proof.slice(0, random.between(1, proof.length - 1))),
  'a proof without its beginning': respelt((proof) => proof.slice(1)),
  'a longer proof': respelt((proof) => `${proof}a`),
  'one other character': respelt((proof, { random }) => {
    const at = random.between(0, proof.length - 3);
    return `${proof.slice(0, at)}${proof[at] === '0' ? '1' : '0'}${proof.slice(at + 1)}`;
  }),
  'the proof of another message': signing(
    respelt((_, { sameSource }) => {
      const { header, prefix } = placeOf(sameSource.source);
      return sameSource.headers[header]!.slice(prefix.length);
    }),
  ),
  'what another source was sent': ({ sourceId }, { other }) => ({ ...other, sourceId }),
  'another byte in the body': signing((good) => ({
    ...good,
    body: good.body.replace(/\d/, (d) => `${9 - Number(d)}`),
  })),
  'the body written anew': signing((good) => ({
    ...good,
    body: JSON.stringify(JSON.parse(good.body), null, 1),
  })),
  'a line end after the body': signing((good) => ({ ...good, body: `${good.body}\n` })),
  'no body': signing((good) => ({ ...good, body: '' })),
  'a proof in hex': respelt((proof, _, good) => recoded(proof, good, 'hex')),
  'a proof in base64': respelt((proof, _, good) => recoded(proof, good, 'base64')),
  'a proof in base64url': respelt((proof, _, good) => recoded(proof, good, 'base64url')),
  'the proof as bytes': respelt((proof, _, good) =>
    recoded(proof, good, 'latin1')?.replace(/[^\x21-\x7e]/g, '.'),
  ),
  // Of the last character of 32 bytes in base64 two bits are of no matter to a reader that is lenient.
  'the same bytes in other base64': respelt((proof, _, { source }) => {
    if (placeOf(source).encoding !== 'base64') return undefined;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    return `${proof.slice(0, -2)}${alphabet[alphabet.indexOf(proof.at(-2)!) ^ 1]}=`;
  }),
  'a wrong proof before the right one': respelt((proof) => [
    proof.toUpperCase().split('').reverse().join(''),
    proof,
  ]),
  'an algorithm of its own': hmacWith('anything', 'sha1'),
  'an empty key': hmacWith(''),
  'the word undefined as key': hmacWith('undefined'),
  'the name of the source as key': (good, loot) => hmacWith(good.sourceId)(good, loot),
  'the secret not decoded': only('standard', (good, loot) => hmacWith(good.source.secret)(good, loot)),
  'the hash of an older GitHub': only('github', (good) => {
    const { 'x-hub-signature-256': _, ...headers } = good.headers;
    const mac = createHmac('sha1', good.source.secret).update(good.body).digest('hex');
    return { ...good, headers: { ...headers, 'x-hub-signature': `sha1=${mac}` } };
  }),
  'a secret that is not to be sent': signing((good) => {
    const { [placeOf(good.source).header]: _, ...headers } = good.headers;
    return { ...good, headers: { ...headers, authorization: `Bearer ${good.source.secret}` } };
  }),
  'another id': only('standard', (good) => withHeaders(good, { 'webhook-id': randomUUID() })),
  'another time': only('standard', (good) =>
    withHeaders(good, { 'webhook-timestamp': String(Number(good.headers['webhook-timestamp']) + 1) }),
  ),
  'a newer version': only('standard', (good) =>
    withHeaders(good, { 'webhook-signature': good.headers['webhook-signature']!.replace('v1,', 'v2,') }),
  ),
  'signed six minutes ago': signedAt(-6 * minute),
  'signed last week': signedAt(-7 * 24 * 60 * minute),
  'signed six minutes ahead': signedAt(6 * minute),
  'a token in capitals': only(
    'bearer',
    respelt((token) => token.toUpperCase()),
  ),
  'a token for Basic': only('bearer', (good) =>
    withHeaders(good, { authorization: good.headers.authorization!.replace('Bearer', 'Basic') }),
  ),
};
