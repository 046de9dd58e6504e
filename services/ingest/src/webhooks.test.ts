import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { startTestIngest } from './testing/test-ingest.ts';
import { sendWebhook, signed, sleepingIntake } from './testing/webhook-sender.ts';
import { BEARER_TOKEN, hmac, standard, useWebhookSources } from './testing/webhook-sources.ts';

const fixture = useWebhookSources();
const { intake, lines, logger, send } = fixture;
const body = JSON.stringify({ userId: '42', scoreGiven: 87.5, scoreMaximum: 100, note: 'Ada Lovelace' });
const deliveryOf = async (sourceId: string, id: string) =>
  (await fixture.test.call('GET', `/v1/webhook-sources/${sourceId}/deliveries/${id}`)).body;

describe('a webhook of its source', () => {
  it.each<[string, () => Record<string, string>]>([
    ['ci', () => signed(body)],
    ['std', () => standard(body)],
    ['mac', () => ({ 'x-signature': hmac(body) })],
    ['token', () => ({ authorization: `Bearer ${BEARER_TOKEN}` })],
  ])('is kept and told of: %s', async (sourceId, headers) => {
    const answer = await send(sourceId, body, headers());
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ deliveryId: expect.stringMatching(/^wh_moodle_/), status: 'accepted' });
    const { deliveryId } = answer.body;
    expect(intake.woken).toEqual([deliveryId]);
    expect(await deliveryOf(sourceId, deliveryId)).toEqual({
      id: deliveryId,
      sourceId,
      platformId: 'moodle',
      receivedAt: expect.any(String),
      status: 'pending',
      scores: [],
      unmatched: 0,
    });
    const kept = await fixture.test.ingest.context.webhookDeliveries.get(deliveryId);
    expect(kept!.body!.toString()).toBe(body);
  });

  it('may be of any media type, of any bytes, of none, and of a mebibyte', async () => {
    const bodies = ['a,b\n1,2', Buffer.from([0xff, 0xfe]), '', randomBytes(1024 * 1024)];
    for (const each of bodies) {
      const { 'content-type': _, ...headers } = signed(each);
      for (const more of [
        {},
        { 'content-type': 'text/csv; charset=latin1' },
        { 'content-encoding': 'identity' },
      ]) {
        const id = { 'x-github-delivery': randomUUID(), 'x-github-event': 'check_run' };
        const answer = await send('ci', each, { ...headers, ...more, ...id });
        expect(answer.status).toBe(202);
        const kept = await fixture.test.ingest.context.webhookDeliveries.get(answer.body.deliveryId);
        expect(kept!.body!.equals(Buffer.from(each))).toBe(true);
        expect(kept!.event).toBe('check_run');
      }
    }
  });

  it('is told by its log line and counted, and nothing of what it says or is signed with is in the log', async () => {
    const { deliveryId } = (await send('ci', body, signed(body, { id: 'd1' }))).body;
    await send('ci', body, signed(body, { id: 'd1' }));
    await send('ci', body, signed(body, { secret: 'x'.repeat(20) }));
    await send('nobody', body, signed(body));
    const common = { sourceId: 'ci', platformId: 'moodle', deliveryId, bytes: body.length };
    expect(lines).toMatchObject([
      { event: 'webhook-received', outcome: 'accepted', ...common },
      { event: 'webhook-received', outcome: 'duplicate', ...common },
      { event: 'webhook-refused', sourceId: 'ci', reason: 'SIGNATURE' },
      { event: 'webhook-refused', sourceId: 'nobody', reason: 'UNKNOWN_SOURCE' },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/Lovelace|87\.5|sha256=|secret/);
    const metrics = await (await fetch(fixture.test.ingest.metricsUrl)).text();
    for (const [platform, outcome] of [
      ['moodle', 'accepted'],
      ['moodle', 'duplicate'],
      ['none', 'refused'],
    ])
      expect(metrics).toMatch(
        new RegExp(`gradewire_webhooks_received_total{platform="${platform}",outcome="${outcome}"} \\d+`),
      );
  });

  it('takes three round trips to Redis, the pending list before the delivery; a duplicate four, a refused one one', async () => {
    const { redis: connection } = fixture.test.ingest.context;
    const sendCommand = connection.sendCommand;
    const commands: string[] = [];
    const during = async (act: () => Promise<unknown>) => {
      await act();
      commands.length = 0;
      await act();
      return [...commands];
    };
    connection.sendCommand = (command, ...rest) => {
      const { name, args } = command as unknown as { name: string; args: string[] };
      const key = name === 'evalsha' ? args[2]! : args[0]!;
      commands.push(`${name} ${key}`);
      return sendCommand.call(connection, command, ...rest);
    };
    try {
      const fresh = [
        'hget gw:webhook-sources',
        'evalsha gw:webhooks-pending',
        'evalsha gw:{moodle}:platform',
      ];
      expect(await during(() => send('ci', body, signed(body)))).toEqual(fresh);
      expect(await during(() => send('ci', body, signed(body, { id: 'd1' })))).toEqual([
        ...fresh,
        'zrem gw:webhooks-pending',
      ]);
      expect(await during(() => send('ci', body, {}))).toEqual(['hget gw:webhook-sources']);
      expect(await during(() => send('nobody', body, {}))).toEqual(['hget gw:webhook-sources']);
    } finally {
      connection.sendCommand = sendCommand;
    }
  });
});

describe('the same delivery', () => {
  it('is one, however often and wherever it comes at once', async () => {
    await using other = await startTestIngest(fixture.redis.url, {
      overrides: { intake: sleepingIntake(), logger },
    });
    const headers = signed(body, { id: 'd1' });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => sendWebhook(i % 2 ? fixture.test : other, 'ci', body, headers)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map((answer) => answer.body.deliveryId)).size).toBe(1);
    expect(answers.filter((answer) => answer.body.status === 'accepted')).toHaveLength(1);
    expect(await fixture.test.ingest.context.webhookDeliveries.due(100)).toHaveLength(1);
  });

  it('is told by the id that its sender gives it, else by its body', async () => {
    const statuses = async (sourceId: string, headers: Record<string, string>[], of = body) => {
      const answers = [];
      for (const each of headers) answers.push((await send(sourceId, of, each)).body.status);
      return answers;
    };
    const mac = { 'x-signature': hmac(body) };
    expect(
      await statuses('mac', [
        mac,
        mac,
        { ...mac, 'x-id': '1' },
        { ...mac, 'x-id': '1' },
        { ...mac, 'x-id': '2' },
      ]),
    ).toEqual(['accepted', 'duplicate', 'accepted', 'duplicate', 'accepted']);
    // Sent once more by GitHub's button; the body may be another one then.
    const other = JSON.stringify({ ...JSON.parse(body), redelivered: true });
    expect((await send('ci', body, signed(body, { id: 'd1' }))).body.status).toBe('accepted');
    expect((await send('ci', other, signed(other, { id: 'd1' }))).body.status).toBe('duplicate');
    expect((await send('ci', body, signed(body, { id: 'd2' }))).body.status).toBe('accepted');
    const again = standard(body);
    expect(await statuses('std', [again, again])).toEqual(['accepted', 'duplicate']);
  });
});
