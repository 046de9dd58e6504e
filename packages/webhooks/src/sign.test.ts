import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { signWebhook } from './sign.ts';
import { verifyWebhook } from './verify.ts';

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

describe('signWebhook', () => {
  it('signs once for each secret, so that a receiver may have either', () => {
    const secrets = [newSecret(), newSecret()];
    const body = '{"type":"score.delivered"}';
    const headers = signWebhook(secrets, { id: 'msg_1', at: new Date(), body });
    expect(headers['webhook-signature'].split(' ')).toHaveLength(2);
    for (const secret of secrets) expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow('No matching signature');
  });

  it('is what we verify ourselves, whatever the body', () => {
    const secret = newSecret();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 4e12 }), (body, atMs) => {
        const headers = signWebhook([secret], { id: 'msg_1', at: new Date(atMs), body });
        const request = { headers, body: Buffer.from(body) };
        expect(verifyWebhook({ scheme: 'standard', secrets: [secret] }, request, () => atMs)).toEqual({
          ok: true,
          deliveryKey: 'id:msg_1',
        });
      }),
    );
  });
});
