import { createHash, createHmac, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { startTestIngest } from './testing/test-ingest.ts';
import { GITHUB_SECRET, sendWebhook, signed } from './testing/webhook-sender.ts';
import { BEARER_TOKEN, hmac, standard, useWebhookSources } from './testing/webhook-sources.ts';

const fixture = useWebhookSources();
const { intake, lines, logger, put, send } = fixture;
const body = JSON.stringify({ userId: '42', scoreGiven: 87.5, scoreMaximum: 100, note: 'Ada Lovelace' });

describe('whatever is no webhook of its source', () => {
  const minutesAgo = (minutes: number, seconds = 0) =>
    new Date(Date.now() - minutes * 60_000 - seconds * 1000);
  const mac = hmac(body);
  const other = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
  const refused: [string, string, string | Uint8Array, () => Record<string, string | string[]>][] = [
    ['an unknown source', 'nobody', body, () => signed(body)],
    ['an unknown source that could not be one', '%00..%2F%F0%9F%92%A9', body, () => signed(body)],
    ['an unknown source of a long name', 'x'.repeat(3_000), body, () => signed(body)],
    ['one byte changed', 'ci', body.replace('87', '97'), () => signed(body)],
    ['written anew', 'ci', JSON.stringify(JSON.parse(body), null, 1), () => signed(body)],
    ['no body', 'ci', '', () => signed(body)],
    ['signed as if it were empty', 'ci', body, () => signed('')],
    ['another secret', 'ci', body, () => signed(body, { secret: `${GITHUB_SECRET}.` })],
    ['the empty secret', 'ci', body, () => signed(body, { secret: '' })],
    [
      'the hash alone',
      'ci',
      body,
      () => ({ 'x-hub-signature-256': `sha256=${createHash('sha256').update(body).digest('hex')}` }),
    ],
    [
      'SHA-1',
      'ci',
      body,
      () => ({ 'x-hub-signature': `sha1=${createHmac('sha1', GITHUB_SECRET).update(body).digest('hex')}` }),
    ],
    ['no signature', 'ci', body, () => ({})],
    ['an empty signature', 'ci', body, () => ({ 'x-hub-signature-256': '' })],
    ['a prefix alone', 'ci', body, () => ({ 'x-hub-signature-256': 'sha256=' })],
    ['no prefix', 'ci', body, () => ({ 'x-hub-signature-256': mac })],
    ['a wrong prefix', 'ci', body, () => ({ 'x-hub-signature-256': `sha512=${mac}` })],
    ['a signature cut short', 'ci', body, () => ({ 'x-hub-signature-256': `sha256=${mac.slice(1)}` })],
    [
      'a signature that is too long',
      'ci',
      body,
      () => ({ 'x-hub-signature-256': `sha256=${mac}`.repeat(60) }),
    ],
    ['a signature twice', 'ci', body, () => ({ 'x-hub-signature-256': [`sha256=${mac}`, `sha256=${mac}`] })],
    ['no hex', 'ci', body, () => ({ 'x-hub-signature-256': `sha256=${'z'.repeat(64)}` })],
    ['the signature of another scheme', 'ci', body, () => ({ 'x-signature': mac })],
    ['the token of another scheme', 'ci', body, () => ({ authorization: `Bearer ${GITHUB_SECRET}` })],
    ['an API key', 'ci', body, () => ({ authorization: 'Bearer test-admin-key-that-is-long-enough' })],
    ['standard: too old', 'std', body, () => standard(body, minutesAgo(5, 2))],
    ['standard: too early', 'std', body, () => standard(body, minutesAgo(-5, -2))],
    ['standard: another secret', 'std', body, () => standard(body, new Date(), [other])],
    ['standard: another id', 'std', body, () => ({ ...standard(body), 'webhook-id': 'msg_0' })],
    [
      'standard: asymmetric',
      'std',
      body,
      () => {
        const headers = standard(body);
        return { ...headers, 'webhook-signature': headers['webhook-signature'].replace('v1,', 'v1a,') };
      },
    ],
    [
      'standard: twice',
      'std',
      body,
      () => {
        const headers = standard(body);
        return {
          ...headers,
          'webhook-signature': [headers['webhook-signature'], headers['webhook-signature']],
        };
      },
    ],
    ['hmac: another prefix', 'mac', body, () => ({ 'x-signature': `sha1=${mac}` })],
    ['bearer: wrong', 'token', body, () => ({ authorization: `Bearer ${BEARER_TOKEN}x` })],
    ['bearer: none', 'token', body, () => ({})],
  ];

  it.each(refused)(
    '%s: is refused, and how it is refused tells nothing',
    async (_what, sourceId, of, headers) => {
      const answer = await send(sourceId, of, headers());
      const unknown = await send('another', body, signed(body));
      expect(answer).toEqual(unknown);
      expect(answer).toMatchObject({
        status: 401,
        body: { code: 'WEBHOOK_REFUSED', errors: [], retryable: false },
      });
      expect(await fixture.test.ingest.context.webhookDeliveries.due(10)).toEqual([]);
      expect(intake.woken).toEqual([]);
    },
  );

  it('just inside the five minutes of a standard timestamp it is one', async () => {
    for (const at of [minutesAgo(4, 55), minutesAgo(-4, -55)])
      expect((await send('std', body, standard(body, at))).status).toBe(202);
  });

  it('is refused before it is read when it is too large or packed, of whatever source', async () => {
    const large = Buffer.alloc(1024 * 1024 + 1);
    const packed = gzipSync(body);
    for (const sourceId of ['ci', 'nobody']) {
      const tooLarge = await send(sourceId, large, signed(large));
      expect([tooLarge.status, tooLarge.body.code]).toEqual([413, 'BODY_TOO_LARGE']);
      const unread = await send(sourceId, packed, { ...signed(packed), 'content-encoding': 'gzip' });
      expect([unread.status, unread.body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
      expect(unread.body.hint).toMatch(/any media type/);
    }
    expect((await fixture.test.call('GET', '/v1/webhooks/ci')).status).toBe(405);
  });
});

describe('a secret that is changed', () => {
  it('is good beside the new one until it is taken away', async () => {
    const next = 'the next secret of GitHub';
    const statuses = async () =>
      Promise.all(
        [GITHUB_SECRET, next].map(
          async (secret) => (await send('ci', body, signed(body, { secret }))).status,
        ),
      );
    expect(await statuses()).toEqual([202, 401]);
    await put('ci', { secrets: [next, GITHUB_SECRET] });
    expect(await statuses()).toEqual([202, 202]);
    await put('ci', { secrets: [next] });
    expect(await statuses()).toEqual([401, 202]);
    // A replacement without secrets keeps them.
    await put('ci', { secrets: undefined, defaults: { scoreMaximum: 10 } });
    expect(await statuses()).toEqual([401, 202]);
  });

  it('opens with no other encryption key: its webhooks are refused, like those of anybody', async () => {
    const encryptionKey = randomBytes(32);
    await using other = await startTestIngest(fixture.redis.url, {
      config: { encryptionKey },
      overrides: { intake, logger },
    });
    for (const secret of [GITHUB_SECRET, '', 'undefined']) {
      const answer = await sendWebhook(other, 'ci', body, signed(body, { secret }));
      expect(answer).toEqual(await sendWebhook(other, 'nobody', body, signed(body)));
    }
    expect(lines).toContainEqual(expect.objectContaining({ sourceId: 'ci', reason: 'SECRETS_UNREADABLE' }));
  });
});

describe('the time a refusal takes', () => {
  it('does not tell whether there is such a source', { retry: 2 }, async () => {
    const large = Buffer.alloc(1024 * 1024, 'a');
    const wrong = signed(large, { secret: 'x'.repeat(20) });
    const samples: Record<string, number[]> = { ci: [], nobody: [], token: [] };
    for (let i = 0; i < 40; i += 1) {
      for (const [sourceId, times] of Object.entries(samples)) {
        const from = performance.now();
        expect((await send(sourceId, large, wrong)).status).toBe(401);
        times.push(performance.now() - from);
      }
    }
    const least = Object.values(samples).map((times) => times.toSorted((a, b) => a - b)[10]!);
    expect(Math.max(...least) / Math.min(...least)).toBeLessThan(1.5);
  });
});
