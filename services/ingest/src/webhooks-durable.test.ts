import { startTestRedis } from '@gradewire/local-redis/testing';
import { describe, expect, it } from 'vitest';
import { ReplicaWait } from './redis-health/replica-wait.ts';
import { startTestIngest } from './testing/test-ingest.ts';
import { sendWebhook, signed, sleepingIntake, sourceBody } from './testing/webhook-sender.ts';
import { useWebhookSources } from './testing/webhook-sources.ts';

const fixture = useWebhookSources();
const { intake, logger } = fixture;
const body = JSON.stringify({ userId: '42', scoreGiven: 87.5, scoreMaximum: 100, note: 'Ada Lovelace' });

describe('what is answered 202', () => {
  it('is there after a kill of Redis and of this process, and another finds it', async () => {
    await using server = await startTestRedis();
    const ids: string[] = [];
    {
      await using dying = await startTestIngest(server.url, {
        overrides: { intake: sleepingIntake(), logger },
      });
      await dying.putPlatform('moodle');
      await dying.call('PUT', '/v1/webhook-sources/ci', sourceBody('moodle'));
      for (let i = 0; i < 20; i += 1)
        ids.push((await sendWebhook(dying, 'ci', body, signed(body))).body.deliveryId);
      await server.kill();
      const away = await sendWebhook(dying, 'ci', body, signed(body));
      expect([away.status, away.body.code]).toEqual([503, 'STORE_UNAVAILABLE']);
      expect(away.headers['retry-after']).toMatch(/^\d+$/);
    }
    await server.restart();
    await using other = await startTestIngest(server.url, {
      overrides: { intake: sleepingIntake(), logger },
    });
    const found = await other.ingest.context.webhookDeliveries.due(100);
    expect(found.map(({ id }) => id).sort()).toEqual(ids.sort());
    for (const id of ids) {
      expect((await other.ingest.context.webhookDeliveries.get(id))!.body!.toString()).toBe(body);
    }
  });

  it('is nothing where Redis keeps nothing safely', async () => {
    await using server = await startTestRedis({ config: { 'maxmemory-policy': 'allkeys-lru' } });
    await using unsafe = await startTestIngest(server.url, { overrides: { intake, logger } });
    await unsafe.putPlatform('moodle');
    await unsafe.call('PUT', '/v1/webhook-sources/ci', sourceBody('moodle'));
    const answer = await sendWebhook(unsafe, 'ci', body, signed(body));
    expect([answer.status, answer.body.code]).toEqual([503, 'NOT_DURABLE']);
    expect(await unsafe.ingest.context.webhookDeliveries.due(10)).toEqual([]);
    // A stranger is told no more than ever.
    expect((await sendWebhook(unsafe, 'ci', body, {})).status).toBe(401);
  });

  it('is with as many replicas as are asked for, also when it is sent once more', async () => {
    let replicas = 0;
    const waits = new ReplicaWait({ wait: async () => replicas, replicas: 1 });
    await using strict = await startTestIngest(fixture.redis.url, {
      overrides: { intake, logger, replicas: waits },
    });
    const headers = signed(body, { id: 'd1' });
    for (let i = 0; i < 2; i += 1) {
      const answer = await sendWebhook(strict, 'ci', body, headers);
      expect([answer.status, answer.body.code]).toEqual([503, 'NOT_REPLICATED']);
    }
    replicas = 1;
    expect((await sendWebhook(strict, 'ci', body, headers)).body).toMatchObject({ status: 'duplicate' });
    expect(await strict.ingest.context.webhookDeliveries.due(10)).toHaveLength(1);
  });
});
