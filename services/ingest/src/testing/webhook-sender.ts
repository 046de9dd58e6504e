import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import type { Context } from '../context.ts';
import type { TestIngest } from './test-ingest.ts';

export const GITHUB_SECRET = 'a secret of GitHub and us';

/** The source of a sender that signs as GitHub does; `change` replaces members, undefined removes one. */
export function sourceBody(
  platformId: string,
  change: Record<string, unknown> = {},
): Record<string, unknown> {
  return { platformId, scheme: 'github', secrets: [GITHUB_SECRET], adapter: 'gradewire', ...change };
}

/** As GitHub signs. */
export function signed(
  body: string | Uint8Array,
  { secret = GITHUB_SECRET, id = randomUUID() }: { secret?: string; id?: string } = {},
): Record<string, string> {
  const mac = createHmac('sha256', secret).update(body).digest('hex');
  return {
    'content-type': 'application/json',
    'x-hub-signature-256': `sha256=${mac}`,
    'x-github-delivery': id,
  };
}

export interface WebhookAnswer {
  status: number;
  /** But for those that no two answers share. */
  headers: Record<string, string | string[] | undefined>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: any JSON
  body: any;
}

/** Sends a webhook with exactly these headers, a list as several lines. */
export function sendWebhook(
  { ingest }: Pick<TestIngest, 'ingest'>,
  sourceId: string,
  body: string | Uint8Array,
  headers: Record<string, string | string[]>,
): Promise<WebhookAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<WebhookAnswer>();
  const url = `${ingest.url}/v1/webhooks/${sourceId}`;
  const length = String(Buffer.byteLength(body));
  const sending = request(
    url,
    { method: 'POST', headers: { 'content-length': length, ...headers } },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString();
        const { date: _, ...shared } = response.headers;
        const isJson = response.headers['content-type']?.includes('json');
        resolve({
          status: response.statusCode ?? 0,
          headers: shared,
          text,
          body: isJson ? JSON.parse(text) : undefined,
        });
      });
    },
  );
  sending.once('error', reject);
  sending.end(body);
  return promise;
}

/** An intake that works on nothing, so that what is received stays pending; `woken` has what it was told of. */
export function sleepingIntake(): Context['intake'] & { woken: string[] } {
  const woken: string[] = [];
  return {
    woken,
    start: () => {},
    wake: (deliveryId) => woken.push(deliveryId),
    [Symbol.asyncDispose]: async () => {},
  };
}
