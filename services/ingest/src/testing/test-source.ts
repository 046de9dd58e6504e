import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { TestIngest } from './test-ingest.ts';

const SECRET = 'a-secret-of-a-test-source';

/** A source of webhooks as a test and its sender see it. Its webhooks carry a bearer secret. */
export interface TestSource {
  id: string;
  /** Registers it anew with other members; undefined removes one. */
  put(change?: Record<string, unknown>): Promise<void>;
  /** Sends a body, an object as JSON. @returns the id of the delivery */
  send(body: unknown, headers?: Record<string, string>): Promise<string>;
  // biome-ignore lint/suspicious/noExplicitAny: any JSON
  delivery(deliveryId: string): Promise<any>;
  /** What became of a delivery, once it was worked through. */
  // biome-ignore lint/suspicious/noExplicitAny: any JSON
  settled(deliveryId: string): Promise<any>;
  /** Sends a body and waits until it was worked through. */
  // biome-ignore lint/suspicious/noExplicitAny: any JSON
  deliver(body: unknown, headers?: Record<string, string>): Promise<any>;
  // biome-ignore lint/suspicious/noExplicitAny: any JSON
  unmatched(): Promise<any[]>;
  /** The scores of a delivery as they are read back. */
  // biome-ignore lint/suspicious/noExplicitAny: any JSON
  scores(delivery: { scores: string[] }): Promise<any[]>;
}

/** Registers a source of the platform, with the adapter `gradewire` unless `change` says otherwise. */
export async function putTestSource(
  test: TestIngest,
  id: string,
  platformId: string,
  change: Record<string, unknown> = {},
): Promise<TestSource> {
  const path = `/v1/webhook-sources/${id}`;
  const source: TestSource = {
    id,
    async put(other = {}) {
      const body = {
        platformId,
        scheme: 'bearer',
        secrets: [SECRET],
        adapter: 'gradewire',
        ...change,
        ...other,
      };
      const { status, body: answer } = await test.call('PUT', path, body);
      if (status >= 300) throw new Error(JSON.stringify(answer));
    },
    async send(body, headers = {}) {
      const isRaw = typeof body === 'string' || body instanceof Uint8Array;
      const { status, body: answer } = await test.call(
        'POST',
        `/v1/webhooks/${id}`,
        isRaw ? body : JSON.stringify(body),
        {
          authorization: `Bearer ${SECRET}`,
          'webhook-id': randomUUID(),
          'content-type': 'application/json',
          ...headers,
        },
      );
      if (status !== 202) throw new Error(JSON.stringify(answer));
      return answer.deliveryId;
    },
    async delivery(deliveryId) {
      return (await test.call('GET', `${path}/deliveries/${deliveryId}`)).body;
    },
    async settled(deliveryId) {
      await expect.poll(async () => (await source.delivery(deliveryId)).status).not.toBe('pending');
      return source.delivery(deliveryId);
    },
    async deliver(body, headers) {
      return source.settled(await source.send(body, headers));
    },
    async unmatched() {
      return (await test.call('GET', `${path}/unmatched?limit=1000`)).body.data;
    },
    async scores({ scores }) {
      const answers = await Promise.all(scores.map((scoreId) => test.call('GET', `/v1/scores/${scoreId}`)));
      return answers.map(({ body }) => body);
    },
  };
  await source.put();
  return source;
}
