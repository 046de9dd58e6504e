import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { type Ingest, startIngest } from '../server.ts';

export const ADMIN_KEY = 'test-admin-key-that-is-long-enough';

interface Answer {
  status: number;
  headers: Headers;
  // Tests look at what they expect; a wrong shape fails there.
  // biome-ignore lint/suspicious/noExplicitAny: any JSON
  body: any;
}

export interface TestIngest extends AsyncDisposable {
  ingest: Ingest;
  /** A request with the bootstrap key; an object body goes as JSON, text and bytes as they are. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** A key of the role, and a `call` that uses it. */
  withKey(role: string, platformIds?: string[]): Promise<TestIngest['call']>;
  putPlatform(id: string, change?: Record<string, unknown>): Promise<void>;
}

export function testConfig(redisUrl: string, change: Partial<Config> = {}): Config {
  return {
    redisUrl,
    minReplicas: 0,
    host: '127.0.0.1',
    port: 0,
    metricsPort: 0,
    adminKey: ADMIN_KEY,
    encryptionKey: Buffer.alloc(32, 7),
    allowPrivateNetworks: true,
    requestTimeoutMs: 2_000,
    retentionMs: 30 * 86_400_000,
    cellRetentionMs: 400 * 86_400_000,
    reconcileIntervalMs: 0,
    logLevel: 'error',
    ...change,
  };
}

/** An ingest of its own on free ports, ready when this returns unless Redis is away. */
export async function startTestIngest(
  redisUrl: string,
  { config = {}, overrides = {} }: { config?: Partial<Config>; overrides?: Partial<Context> } = {},
): Promise<TestIngest> {
  const ingest = await startIngest(testConfig(redisUrl, config), overrides);
  const { redis, laneRedis } = ingest.context;
  await Promise.all([redis, laneRedis].map(isReady));
  const callAs =
    (key: string): TestIngest['call'] =>
    async (method, path, body, headers = {}) => {
      const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
      const response = await fetch(ingest.url + path, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(!isRaw && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && {
          body: isRaw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body),
        }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json');
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    };
  const call = callAs(ADMIN_KEY);
  return {
    ingest,
    call,
    async withKey(role, platformIds) {
      const created = await call('POST', '/v1/keys', { name: role, role, platformIds });
      if (created.status !== 201) throw new Error(JSON.stringify(created.body));
      return callAs(created.body.key);
    },
    async putPlatform(id, change = {}) {
      const put = await call('PUT', `/v1/platforms/${id}`, platformBody(id, change));
      if (put.status >= 300) throw new Error(JSON.stringify(put.body));
    },
    [Symbol.asyncDispose]: () => ingest[Symbol.asyncDispose](),
  };
}

async function isReady(redis: Context['redis']): Promise<void> {
  if (redis.status === 'ready') return;
  await new Promise((resolve) => {
    redis.once('ready', resolve);
    setTimeout(resolve, 1_000).unref();
  });
}

/** A registration at `{id}.example`. */
export function platformBody(id: string, change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: id,
    issuer: `https://${id}.example`,
    clientId: 'tool',
    tokenUrl: `https://${id}.example/token`,
    profile: 'generic',
    ...change,
  };
}

/** A good score for `{platformId}.example`; `change` replaces members, undefined removes one. */
export function scoreBody(platformId: string, change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    platformId,
    userId: '42',
    scoreGiven: 87.5,
    scoreMaximum: 100,
    target: { lineItemUrl: `https://${platformId}.example/lineitems/1` },
    ...change,
  };
}
