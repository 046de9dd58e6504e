import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '@gradewire/ags/testing/self-signed';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { createSimulator, type ProfileName, type Simulator } from '@gradewire/platform-simulator';
import { Redis } from 'ioredis';
import { type RunningGradewire, startGradewire } from './gradewire.ts';

export const platformId = 'school';

/** Ingest, and a learning platform of each kind that was asked for, on which things can be set up wrongly. */
export interface CheckBench extends AsyncDisposable {
  readonly gradewire: RunningGradewire;
  /** Another ingest on the same Redis, which sends nothing into private networks. */
  readonly strict: RunningGradewire;
  /** A key set with keys that are not ours. */
  readonly otherKeySetUrl: string;
  /** A token address on a server whose certificate nobody vouches for. */
  readonly untrustedUrl: string;
  site(profile: ProfileName): Promise<Site>;
  /** Takes a tool key away behind our back, as a backup from before it was imported does. */
  forgetKey(kid: string): Promise<void>;
}

/** A platform that knows the tool, before something is set up wrongly. */
export interface Site {
  simulator: Simulator;
  course: Simulator['courses'][number];
  /** The body of its registration, right in everything. */
  registration: Record<string, unknown>;
}

const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64');

export async function openCheckBench(): Promise<CheckBench> {
  const redis = await startTestRedis();
  const env = { GRADEWIRE_ENCRYPTION_KEY: ENCRYPTION_KEY, GRADEWIRE_REQUEST_TIMEOUT_MS: '3000' };
  const gradewire = await startGradewire({ redisUrl: redis.url, deliveries: 0, env });
  const strict = await startGradewire({
    redisUrl: redis.url,
    deliveries: 0,
    env: { ...env, GRADEWIRE_ALLOW_PRIVATE_NETWORKS: 'false' },
  });
  const otherKeys = createHttpServer((_request, response) => {
    response.end(JSON.stringify({ keys: [{ kty: 'RSA', kid: 'other', n: 'AQAB', e: 'AQAB' }] }));
  });
  const untrusted = createHttpsServer(selfSigned(), (_request, response) => {
    response.end('{}');
  });
  const [otherPort, untrustedPort] = await Promise.all([otherKeys, untrusted].map(listen));
  const sites = new Map<ProfileName, Simulator>();

  return {
    gradewire,
    strict,
    otherKeySetUrl: `http://127.0.0.1:${otherPort}/jwks.json`,
    untrustedUrl: `https://127.0.0.1:${untrustedPort}/token`,
    async site(profile) {
      await sites.get(profile)?.close();
      const simulator = await createSimulator({
        profile,
        throttle: false,
        courses: [{ students: 1, lineItems: [{ label: 'Quiz' }] }],
        tool: { jwksUrl: `${gradewire.url}/.well-known/jwks.json` },
      });
      sites.set(profile, simulator);
      return { simulator, course: simulator.courses[0]!, registration: { ...simulator.registration } };
    },
    async forgetKey(kid) {
      const client = new Redis(redis.url);
      await client.hdel('gw:tool-keys', kid);
      client.disconnect();
    },
    [Symbol.asyncDispose]: () => close({ redis, gradewire, strict, sites, servers: [otherKeys, untrusted] }),
  };
}

async function close(parts: {
  redis: TestRedis;
  gradewire: AsyncDisposable;
  strict: AsyncDisposable;
  sites: Map<string, Simulator>;
  servers: ReturnType<typeof createHttpServer>[];
}): Promise<void> {
  await Promise.all([parts.gradewire, parts.strict].map((part) => part[Symbol.asyncDispose]()));
  await Promise.all([...parts.sites.values()].map((simulator) => simulator.close()));
  for (const server of parts.servers) {
    server.closeAllConnections();
    server.close();
  }
  await parts.redis.stop();
}

async function listen(server: ReturnType<typeof createHttpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
