import { randomBytes } from 'node:crypto';
import { findFreePort } from '@gradewire/local-redis/testing';
import { createGradewire, type Gradewire } from '@gradewire/sdk';
import { ServiceProcess } from './service-process.ts';

export interface GradewireOptions {
  redisUrl: string;
  /** How many delivery processes. @default 1 */
  deliveries?: number;
  /** How many ingest processes. @default 1 */
  ingests?: number;
  /** More of the services' environment. */
  env?: Record<string, string>;
}

/** The running services, and a client with every right. */
export interface RunningGradewire extends AsyncDisposable {
  readonly url: string;
  readonly apiKey: string;
  readonly client: Gradewire;
  readonly ingests: ServiceProcess[];
  readonly deliveries: ServiceProcess[];
  /** One more delivery process, started. */
  addDelivery(env?: Record<string, string>): Promise<ServiceProcess>;
  metrics(service: 'ingest' | 'delivery', index?: number): Promise<string>;
}

/** Starts ingest and delivery as processes of their own on loopback. */
export async function startGradewire(options: GradewireOptions): Promise<RunningGradewire> {
  const apiKey = `test-${randomBytes(24).toString('hex')}`;
  const publicPort = await findFreePort();
  const url = `http://127.0.0.1:${publicPort}`;
  const common = {
    GRADEWIRE_REDIS_URL: options.redisUrl,
    GRADEWIRE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    GRADEWIRE_ADMIN_KEY: apiKey,
    GRADEWIRE_ALLOW_PRIVATE_NETWORKS: 'true',
    GRADEWIRE_PUBLIC_URL: url,
    GRADEWIRE_LOG_LEVEL: 'warn',
    ...options.env,
  };
  const metricsPorts: number[] = [];
  const deliveryPorts: number[] = [];

  const ingests: ServiceProcess[] = [];
  for (let i = 0; i < (options.ingests ?? 1); i += 1) {
    const port = i === 0 ? publicPort : await findFreePort();
    const metricsPort = await findFreePort();
    metricsPorts.push(metricsPort);
    ingests.push(
      new ServiceProcess({
        name: `ingest ${i + 1}`,
        entry: 'services/ingest/src/main.ts',
        env: { ...common, GRADEWIRE_PORT: String(port), GRADEWIRE_METRICS_PORT: String(metricsPort) },
        readyUrl: `http://127.0.0.1:${port}/readyz`,
      }),
    );
  }
  const deliveries: ServiceProcess[] = [];
  const newDelivery = async (env: Record<string, string> = {}) => {
    const port = await findFreePort();
    deliveryPorts.push(port);
    const delivery = new ServiceProcess({
      name: `delivery ${deliveries.length + 1}`,
      entry: 'services/delivery/src/main.ts',
      env: { ...common, ...env, GRADEWIRE_DELIVERY_PORT: String(port) },
      readyUrl: `http://127.0.0.1:${port}/readyz`,
    });
    deliveries.push(delivery);
    return delivery;
  };
  for (let i = 0; i < (options.deliveries ?? 1); i += 1) await newDelivery();
  const end = async () => {
    await Promise.all([...ingests, ...deliveries].map((service) => service.kill()));
  };
  try {
    await Promise.all([...ingests, ...deliveries].map((service) => service.start()));
  } catch (error) {
    // One that does not start must not leave the others running for nobody.
    await end();
    throw error;
  }

  return {
    url,
    apiKey,
    client: createGradewire({ baseUrl: url, apiKey }),
    ingests,
    deliveries,
    addDelivery: async (env) => {
      const delivery = await newDelivery(env);
      await delivery.start();
      return delivery;
    },
    metrics: async (service, index = 0) => {
      const port = (service === 'ingest' ? metricsPorts : deliveryPorts)[index];
      return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    },
    [Symbol.asyncDispose]: end,
  };
}
