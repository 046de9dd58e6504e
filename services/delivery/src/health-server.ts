import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metricsListener, type Registry } from '@gradewire/telemetry';
import { ConfigError } from './config.ts';

export interface HealthServer extends AsyncDisposable {
  url: string;
}

/**
 * Listens for `/metrics`, `/healthz` (the process runs) and `/readyz` (it can work: 503 while Redis is away or on the way
 * out). For the private network.
 * @throws ConfigError when the port cannot be had
 */
export async function startHealthServer(options: {
  registry: Registry;
  host: string;
  port: number;
  /** Why it is not ready, or undefined when it is. */
  problem: () => string | undefined;
  onError: (error: unknown) => void;
}): Promise<HealthServer> {
  const { registry, host, port, problem, onError } = options;
  const readiness = async () => {
    const reason = problem();
    return reason
      ? { status: 503, body: { status: 'unavailable', reason } }
      : { status: 200, body: { status: 'ok' } };
  };
  const probes = { '/healthz': async () => ({ status: 200, body: { status: 'ok' } }), '/readyz': readiness };
  const server = createServer(metricsListener(registry, { probes, onError }));
  await listen(server, host, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const reasons: Record<string, string> = {
  EADDRINUSE: 'is taken by another program',
  EACCES: 'may not be used without more rights',
  EADDRNOTAVAIL: 'is not to be had on GRADEWIRE_HOST',
};

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = reasons[error.code ?? ''];
      const message = `GRADEWIRE_DELIVERY_PORT ${port} ${reason}. Accepted: a free port, or 0 for any.`;
      reject(reason ? new ConfigError(message) : error);
    });
    server.listen(port, host, resolve);
  });
}
