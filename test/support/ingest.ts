import { randomBytes } from 'node:crypto';
import { findFreePort } from '@gradewire/local-redis/testing';
import { ServiceProcess } from './service-process.ts';

/** One more ingest process, with an address of its own. */
export interface OtherIngest extends AsyncDisposable {
  readonly url: string;
  readonly process: ServiceProcess;
}

/**
 * Starts an ingest beside those of `startGradewire`, as what a load balancer has behind it.
 * @param env the encryption key at least, which has to be theirs
 */
export async function startOtherIngest(redisUrl: string, env: Record<string, string>): Promise<OtherIngest> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const ingest = new ServiceProcess({
    name: 'other ingest',
    entry: 'services/ingest/src/main.ts',
    env: {
      GRADEWIRE_REDIS_URL: redisUrl,
      GRADEWIRE_ADMIN_KEY: randomBytes(24).toString('hex'),
      GRADEWIRE_ALLOW_PRIVATE_NETWORKS: 'true',
      GRADEWIRE_LOG_LEVEL: 'warn',
      GRADEWIRE_PORT: String(port),
      GRADEWIRE_METRICS_PORT: String(await findFreePort()),
      ...env,
    },
    readyUrl: `${url}/readyz`,
  });
  await ingest.start();
  return { url, process: ingest, [Symbol.asyncDispose]: () => ingest.kill() };
}
