import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import type { Headers, Scheme, Verification, Verifier } from './verifier.ts';
import { NO_SOURCE, verifyWebhook } from './verify.ts';

const NOW = Date.parse('2026-11-20T16:04:05.000Z');
const body = Buffer.from('{"score": 87.5,\n "userId": "42"}');
const standardSecret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const otherStandardSecret = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
const secret = 'a secret that is long enough';
const otherSecret = 'another secret that is long enough';

const hmac = (key: string, of: string | Buffer, encoding: 'hex' | 'base64' = 'hex', hash = 'sha256') =>
  createHmac(hash, key).update(of).digest(encoding);

function signed(
  scheme: Scheme,
  of: Buffer = body,
  { by, at = NOW, id = 'msg_1' }: { by?: string; at?: number; id?: string } = {},
): Record<string, string> {
  switch (scheme) {
    case 'standard': {
      const signature = new Webhook(by ?? standardSecret).sign(id, new Date(at), of);
      return {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at / 1000)),
        'webhook-signature': signature,
      };
    }
    case 'github':
      return { 'x-hub-signature-256': `sha256=${hmac(by ?? secret, of)}`, 'x-github-delivery': id };
    case 'hmac-sha256':
      return { 'x-signature': hmac(by ?? secret, of), 'webhook-id': id };
    case 'bearer':
      return { authorization: `Bearer ${by ?? bearerSecret}`, 'webhook-id': id };
  }
}
const bearerSecret = 'token-that-is-long-enough';
const verifierOf = (scheme: Scheme, change: Partial<Verifier> = {}): Verifier => ({
  scheme,
  secrets: [scheme === 'standard' ? standardSecret : scheme === 'bearer' ? bearerSecret : secret],
  ...change,
});
const verify = (verifier: Verifier, headers: Headers, of: Buffer = body): Verification =>
  verifyWebhook(verifier, { headers, body: of }, () => NOW);

const schemes: Scheme[] = ['standard', 'github', 'hmac-sha256', 'bearer'];
const signing = schemes.filter((scheme) => scheme !== 'bearer');

describe('verifyWebhook', () => {
  it('agrees with the example that GitHub publishes', () => {
    const headers = {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    };
    const verifier = verifierOf('github', { secrets: ["It's a Secret to Everybody"] });
    expect(verify(verifier, headers, Buffer.from('Hello, World!')).ok).toBe(true);
    expect(verify(verifier, headers, Buffer.from('Hello, World?')).ok).toBe(false);
  });

  it('agrees with what the library of Standard Webhooks signs, and with one made by hand', () => {
    const byHand = createHmac('sha256', Buffer.alloc(32, 1)).update('msg_1.1795190645.').update(body);
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1795190645',
      'webhook-signature': `v1,${byHand.digest('base64')}`,
    };
    expect(signed('standard')).toEqual(headers);
    expect(verify(verifierOf('standard'), headers)).toEqual({ ok: true, deliveryKey: 'id:msg_1' });
    // The prefix of the secret is for people.
    const bare = { secrets: [standardSecret.replace('whsec_', '')] };
    expect(verify(verifierOf('standard', bare), headers).ok).toBe(true);
  });

  it.each(schemes)('%s: takes what its sender signed, and nothing else', (scheme) => {
    const verifier = verifierOf(scheme);
    expect(verify(verifier, signed(scheme))).toEqual({ ok: true, deliveryKey: 'id:msg_1' });
    expect(verify(verifier, {})).toEqual({ ok: false, reason: 'MISSING' });
    const by = scheme === 'standard' ? otherStandardSecret : 'wrong-and-long-enough';
    expect(verify(verifier, signed(scheme, body, { by }))).toEqual({ ok: false, reason: 'SIGNATURE' });
    for (const other of schemes.filter((each) => each !== scheme)) {
      expect(verify(verifier, signed(other)).ok, other).toBe(false);
    }
  });

  it.each(signing)('%s: is over the very bytes', (scheme) => {
    const headers = signed(scheme);
    const written = Buffer.from(JSON.stringify(JSON.parse(body.toString())));
    const refused: Buffer[] = [
      written,
      Buffer.from(''),
      Buffer.concat([body, Buffer.from('\n')]),
      Buffer.concat([Buffer.from('\ufeff'), body]),
    ];
    for (const other of refused) expect(verify(verifierOf(scheme), headers, other).ok).toBe(false);
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(body);
        changed[at]! ^= flip;
        expect(verify(verifierOf(scheme), headers, changed).ok).toBe(false);
      }),
    );
  });

  it('tells bytes apart that are no UTF-8, which as text would be the same', () => {
    const [one, other] = [Buffer.from([0x22, 0xff, 0x22]), Buffer.from([0x22, 0xfe, 0x22])];
    const headers = { 'x-signature': hmac(secret, one) };
    expect(verify(verifierOf('hmac-sha256'), headers, one).ok).toBe(true);
    expect(verify(verifierOf('hmac-sha256'), headers, other).ok).toBe(false);
    const content = Buffer.concat([Buffer.from('msg_1.1795190645.'), one]);
    const standard = {
      ...signed('standard'),
      'webhook-signature': `v1,${createHmac('sha256', Buffer.alloc(32, 1)).update(content).digest('base64')}`,
    };
    expect(verify(verifierOf('standard'), standard, one).ok).toBe(true);
    expect(verify(verifierOf('standard'), standard, other).ok).toBe(false);
  });

  it.each(schemes)('%s: either of two secrets is good while one is changed', (scheme) => {
    const [{ secrets }, by] = [
      verifierOf(scheme),
      scheme === 'standard' ? otherStandardSecret : 'new-one-that-is-long-enough',
    ];
    const both = verifierOf(scheme, { secrets: [by, ...secrets] });
    expect(verify(both, signed(scheme)).ok).toBe(true);
    expect(verify(both, signed(scheme, body, { by })).ok).toBe(true);
    expect(verify(both, signed(scheme, body, { by: otherStandardSecret.replace('A', 'B') })).ok).toBe(false);
    expect(verify(verifierOf(scheme, { secrets: [by] }), signed(scheme)).ok).toBe(false);
  });

  it.each(schemes)('%s: without any secret nothing is good, least of all an empty one', (scheme) => {
    const none = verifierOf(scheme, { secrets: [] });
    const empty = createHmac('sha256', '').update(body).digest('hex');
    expect(verify(none, signed(scheme)).ok).toBe(false);
    for (const headers of [
      { 'x-signature': empty, 'x-hub-signature-256': `sha256=${empty}`, authorization: 'Bearer ' },
      { 'x-signature': '', 'x-hub-signature-256': 'sha256=', authorization: 'Bearer' },
    ])
      expect(verify(none, headers).ok).toBe(false);
  });

  it.each<[string, number, boolean]>([
    ['5 min ago', -300, true],
    ['5 min and 1 s ago', -301, false],
    ['in 5 min', 300, true],
    ['in 5 min and 1 s', 301, false],
    ['a day ago', -86_400, false],
  ])('standard: signed %s', (_when, seconds, isTaken) => {
    const headers = signed('standard', body, { at: NOW + seconds * 1000 });
    const told = isTaken ? { ok: true, deliveryKey: 'id:msg_1' } : { ok: false, reason: 'TIMESTAMP' };
    expect(verify(verifierOf('standard'), headers)).toEqual(told);
  });

  const right = signed('standard')['webhook-signature']!;
  const other = signed('standard', body, { by: otherStandardSecret })['webhook-signature']!;
  it.each<[string, Record<string, string | string[] | undefined>, boolean]>([
    ['one of several', { 'webhook-signature': `${other} ${right}` }, true],
    ['beside an asymmetric one', { 'webhook-signature': `v1a,c2lnbmF0dXJl ${right}` }, true],
    ['beside one of a later version', { 'webhook-signature': `${right} v2,c2lnbmF0dXJl` }, true],
    ['as an asymmetric one', { 'webhook-signature': right.replace('v1,', 'v1a,') }, false],
    ['of a later version', { 'webhook-signature': right.replace('v1,', 'v2,') }, false],
    ['without a version', { 'webhook-signature': right.replace('v1,', '') }, false],
    ['with nothing behind it', { 'webhook-signature': 'v1,' }, false],
    ['empty', { 'webhook-signature': '' }, false],
    ['cut short', { 'webhook-signature': right.slice(0, -4) }, false],
    ['without its padding', { 'webhook-signature': right.slice(0, -1) }, false],
    ['with more behind it', { 'webhook-signature': `${right}AAAA` }, false],
    ['in hex', { 'webhook-signature': `v1,${Buffer.from(right.slice(3), 'base64').toString('hex')}` }, false],
    ['twice, as Node joins headers', { 'webhook-signature': `${right}, ${right}` }, false],
    ['twice, as a list', { 'webhook-signature': [right, right] }, false],
    ['among more than a sender has', { 'webhook-signature': Array(17).fill(right).join(' ') }, false],
    ['of another id', { 'webhook-id': 'msg_2' }, false],
    ['without an id', { 'webhook-id': undefined }, false],
    ['with an id twice', { 'webhook-id': 'msg_1, msg_1' }, false],
    ['of another timestamp', { 'webhook-timestamp': '1795190646' }, false],
    ['without a timestamp', { 'webhook-timestamp': undefined }, false],
    ['with a timestamp that is none', { 'webhook-timestamp': 'NaN' }, false],
    ['with a timestamp in ms', { 'webhook-timestamp': '1795190645000' }, false],
    ['with a timestamp that is negative', { 'webhook-timestamp': '-1795190645' }, false],
    ['with a fractional timestamp', { 'webhook-timestamp': '1795190645.0' }, false],
  ])('standard: a signature %s', (_what, change, isTaken) => {
    expect(verify(verifierOf('standard'), { ...signed('standard'), ...change }).ok).toBe(isTaken);
  });

  it('standard: no part of the id can be passed off as the timestamp', () => {
    const shifted = Buffer.from(`1795190645.${body}`);
    const { 'webhook-signature': signature } = signed('standard', shifted, { id: 'msg_1', at: NOW - 1e9 });
    const headers = { 'webhook-id': `msg_1.${NOW / 1000 - 1e6}`, 'webhook-timestamp': '1795190645' };
    const content = `msg_1.${NOW / 1000 - 1e6}.1795190645.${body}`;
    const mac = createHmac('sha256', Buffer.alloc(32, 1)).update(content).digest('base64');
    expect(signature).toBe(`v1,${mac}`);
    expect(verify(verifierOf('standard'), { ...headers, 'webhook-signature': signature }).ok).toBe(false);
  });

  const hex = hmac(secret, body);
  it.each<[string, string, boolean]>([
    ['in upper case', `sha256=${hex.toUpperCase()}`, true],
    ['of SHA-1', `sha1=${hmac(secret, body, 'hex', 'sha1')}`, false],
    ['of SHA-1 as if of SHA-256', `sha256=${hmac(secret, body, 'hex', 'sha1')}`, false],
    ['of SHA-512', `sha256=${hmac(secret, body, 'hex', 'sha512')}`, false],
    ['of the hash alone', `sha256=${createHash('sha256').update(body).digest('hex')}`, false],
    ['of nothing', `sha256=${hmac(secret, '')}`, false],
    ['in base64', `sha256=${hmac(secret, body, 'base64')}`, false],
    ['without its prefix', hex, false],
    ['with another prefix', `sha512=${hex}`, false],
    ['with its prefix twice', `sha256=sha256=${hex}`, false],
    ['that is empty', 'sha256=', false],
    ['that is no hex', `sha256=${'g'.repeat(64)}`, false],
    ['that is cut short', `sha256=${hex.slice(0, -1)}`, false],
    ['of half its length', `sha256=${hex.slice(0, 32)}`, false],
    ['with more behind it', `sha256=${hex}00`, false],
    ['with a space before it', `sha256= ${hex}`, false],
    ['twice, as Node joins headers', `sha256=${hex}, sha256=${hex}`, false],
  ])('github: a signature %s', (_what, header, isTaken) => {
    expect(verify(verifierOf('github'), { 'x-hub-signature-256': header }).ok).toBe(isTaken);
  });

  it.each<[string, Verifier['signature'], Record<string, string>, boolean]>([
    ['where its settings say', { header: 'X-Sig', encoding: 'hex' }, { 'x-sig': hex }, true],
    ['in base64', { header: 'X-Sig', encoding: 'base64' }, { 'x-sig': hmac(secret, body, 'base64') }, true],
    ['with a prefix', { header: 'X-Sig', encoding: 'hex', prefix: 'v0=' }, { 'x-sig': `v0=${hex}` }, true],
    ['without the prefix', { header: 'X-Sig', encoding: 'hex', prefix: 'v0=' }, { 'x-sig': hex }, false],
    ['with the common prefix', undefined, { 'x-signature': `sha256=${hex}` }, true],
    ['in hex, not base64', { header: 'X-Sig', encoding: 'base64' }, { 'x-sig': hex }, false],
    [
      'in base64, not hex',
      { header: 'X-Sig', encoding: 'hex' },
      { 'x-sig': hmac(secret, body, 'base64') },
      false,
    ],
    [
      'in lower case, where case counts',
      { header: 'X-Sig', encoding: 'base64' },
      { 'x-sig': hmac(secret, body, 'base64').toLowerCase() },
      false,
    ],
    ['in the default header', { header: 'X-Sig', encoding: 'hex' }, { 'x-signature': hex }, false],
  ])('hmac-sha256: a signature %s', (_what, signature, headers, isTaken) => {
    expect(verify(verifierOf('hmac-sha256', { signature: signature! }), headers).ok).toBe(isTaken);
  });

  it.each<[string, string, boolean]>([
    ['as it is', `Bearer ${bearerSecret}`, true],
    ['under a scheme in lower case', `bearer ${bearerSecret}`, true],
    ['cut short', `Bearer ${bearerSecret.slice(0, -1)}`, false],
    ['with more behind it', `Bearer ${bearerSecret}x`, false],
    ['with another behind it', `Bearer ${bearerSecret} x`, false],
    ['in another case', `Bearer ${bearerSecret.toUpperCase()}`, false],
    ['without a scheme', bearerSecret, false],
    ['under another scheme', `Basic ${bearerSecret}`, false],
    ['that is empty', 'Bearer ', false],
    ['that is its hash', `Bearer ${createHash('sha256').update(bearerSecret).digest('hex')}`, false],
  ])('bearer: the token %s', (_what, authorization, isTaken) => {
    expect(verify(verifierOf('bearer'), { authorization }).ok).toBe(isTaken);
  });

  it('tells a delivery by the id its sender gives it, else by its body', () => {
    const byBody = { ok: true, deliveryKey: `body:${createHash('sha256').update(body).digest('hex')}` };
    const { 'webhook-id': _, ...withoutId } = signed('hmac-sha256');
    expect(verify(verifierOf('hmac-sha256'), withoutId)).toEqual(byBody);
    const own = verifierOf('hmac-sha256', { deliveryIdHeader: 'X-Delivery-Id' });
    expect(verify(own, { ...withoutId, 'x-delivery-id': '7' })).toEqual({ ok: true, deliveryKey: 'id:7' });
    expect(verify(own, { ...withoutId, 'webhook-id': '7' })).toEqual(byBody);
    expect(verify(verifierOf('github'), { 'x-hub-signature-256': `sha256=${hex}` })).toEqual(byBody);
    const token = { authorization: `Bearer ${bearerSecret}` };
    expect(verify(verifierOf('bearer', { deliveryIdHeader: 'X-Id' }), { ...token, 'x-id': 'a' })).toEqual({
      ok: true,
      deliveryKey: 'id:a',
    });
  });

  it('against no source fails whatever is sent, after the same work', () => {
    for (const scheme of schemes) expect(verify(NO_SOURCE, signed(scheme)).ok).toBe(false);
    expect(verify(NO_SOURCE, {}).ok).toBe(false);
  });
});

describe('the time it takes', () => {
  const large = Buffer.alloc(1024 * 1024, 'a');
  const cases: [string, Verifier, Headers][] = [
    ['no source, unsigned', NO_SOURCE, {}],
    ['no source, signed', NO_SOURCE, signed('github', large)],
    ['one secret, wrongly signed', verifierOf('github'), signed('github')],
    [
      'two secrets, wrongly signed',
      verifierOf('github', { secrets: [secret, otherSecret] }),
      signed('github'),
    ],
    ['unsigned', verifierOf('github'), {}],
    ['a wrong token', verifierOf('bearer'), { authorization: 'Bearer wrong-and-long-enough' }],
    ['no token', verifierOf('bearer'), {}],
    ['an old timestamp', verifierOf('standard'), signed('standard', body, { at: 0 })],
  ];

  it('does not tell whether there is a source, nor what is wrong', () => {
    const times = cases.map(([name, verifier, headers]) => {
      const samples = Array.from({ length: 15 }, () => {
        const from = performance.now();
        expect(verify(verifier, headers, large).ok, name).toBe(false);
        return performance.now() - from;
      });
      return Math.min(...samples);
    });
    // Hashing the body takes nearly all of it; a case that skips it would be a hundred times faster, one secret twice.
    expect(Math.max(...times) / Math.min(...times)).toBeLessThan(1.6);
  });
});
