import { createHmac, randomUUID } from 'node:crypto';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { createLogger, type Logger } from '@gradewire/telemetry';
import { signWebhook } from '@gradewire/webhooks';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { startTestIngest, type TestIngest } from './test-ingest.ts';
import {
  GITHUB_SECRET,
  sendWebhook,
  sleepingIntake,
  sourceBody,
  type WebhookAnswer,
} from './webhook-sender.ts';

export const BEARER_TOKEN = 'token-that-is-long-enough';
const STANDARD_SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;

interface WebhookSources {
  intake: ReturnType<typeof sleepingIntake>;
  logger: Logger;
  /** What was logged. */
  lines: Record<string, unknown>[];
  put(sourceId: string, change?: Record<string, unknown>): Promise<void>;
  readonly redis: TestRedis;
  readonly test: TestIngest;
  send(
    sourceId: string,
    body: string | Uint8Array,
    headers: Record<string, string | string[]>,
  ): Promise<WebhookAnswer>;
}

/**
 * An ingest that works on nothing it receives, with a source for each scheme (`ci`: GitHub's, `std`, `mac`, `token`), for one
 * test file; everything is as new for each test.
 */
export function useWebhookSources(): WebhookSources {
  const intake = sleepingIntake();
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => lines.push(JSON.parse(line)) };
  const logger = createLogger({ name: 'ingest', level: 'info', destination });
  let redis: TestRedis;
  let test: TestIngest;
  const put = async (sourceId: string, change: Record<string, unknown> = {}) => {
    const answer = await test.call('PUT', `/v1/webhook-sources/${sourceId}`, sourceBody('moodle', change));
    expect([answer.status < 300, answer.body.errors]).toEqual([true, undefined]);
  };
  beforeAll(async () => {
    redis = await startTestRedis();
    test = await startTestIngest(redis.url, { overrides: { intake, logger } });
  });
  beforeEach(async () => {
    await redis.flush();
    await test.putPlatform('moodle');
    await put('ci');
    await put('std', { scheme: 'standard', secrets: [STANDARD_SECRET] });
    await put('mac', { scheme: 'hmac-sha256', deliveryIdHeader: 'X-Id' });
    await put('token', { scheme: 'bearer', secrets: [BEARER_TOKEN] });
    lines.length = 0;
    intake.woken.length = 0;
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await redis.stop();
  });
  return {
    intake,
    logger,
    lines,
    put,
    get redis() {
      return redis;
    },
    get test() {
      return test;
    },
    send: (sourceId, body, headers) => sendWebhook(test, sourceId, body, headers),
  };
}

/** As a sender signs with a scheme of its own. */
export function hmac(body: string | Uint8Array, key = GITHUB_SECRET): string {
  return createHmac('sha256', key).update(body).digest('hex');
}

/** As Standard Webhooks signs. */
export function standard(
  body: string,
  at = new Date(),
  secrets = [STANDARD_SECRET],
): ReturnType<typeof signWebhook> {
  return signWebhook(secrets, { id: `msg_${randomUUID()}`, at, body });
}
