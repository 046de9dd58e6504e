import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Platform } from '../platform.ts';

/** A Redis server for one test file, emptied after each test; `client()` is a connection of its own, `redis` a shared one. */
export function useTestRedis(): { readonly server: TestRedis; readonly redis: Redis; client(): Redis } {
  let server: TestRedis;
  const clients: Redis[] = [];
  const client = () => {
    const redis = new Redis(server.url, { enableAutoPipelining: true });
    clients.push(redis);
    return redis;
  };
  let shared: Redis;
  beforeAll(async () => {
    server = await startTestRedis();
    shared = client();
  });
  afterEach(() => server.flush());
  afterAll(async () => {
    for (const each of clients) each.disconnect();
    await server?.stop();
  });
  return {
    get server() {
      return server;
    },
    get redis() {
      return shared;
    },
    client,
  };
}

/** A registered platform; `changes` says what matters to the test. */
export function platformFor(id: string, changes: Partial<Platform> = {}): Platform {
  return {
    id,
    name: id,
    issuer: `https://${id}.example`,
    clientId: 'client',
    tokenUrl: `https://${id}.example/token`,
    audience: `https://${id}.example/token`,
    profile: 'generic',
    serviceOrigins: [`https://${id}.example`],
    limits: { concurrency: 2 },
    limitGroup: id,
    createdAt: '2026-11-20T00:00:00.000Z',
    updatedAt: '2026-11-20T00:00:00.000Z',
    ...changes,
  };
}
