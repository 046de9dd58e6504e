import type { RequestListener } from 'node:http';
import type { Registry } from 'prom-client';

export interface ProbeAnswer {
  status: number;
  body: unknown;
}

/**
 * A `node:http` listener for a private port: `GET /metrics` in Prometheus' text format, and each of `probes`
 * (path to answer) as JSON. Anything else is 404; a scrape or probe that throws is 500 without its reason,
 * which goes to `onError`.
 */
export function metricsListener(
  registry: Registry,
  {
    probes = {},
    onError,
  }: { probes?: Record<string, () => Promise<ProbeAnswer>>; onError?: (error: unknown) => void } = {},
): RequestListener {
  const answer = async (path: string): Promise<{ status: number; type: string; text: string }> => {
    if (path === '/metrics')
      return { status: 200, type: registry.contentType, text: await registry.metrics() };
    const probe = Object.hasOwn(probes, path) ? probes[path] : undefined;
    if (!probe) return { status: 404, type: 'text/plain', text: 'not found\n' };
    const { status, body } = await probe();
    return { status, type: 'application/json', text: `${JSON.stringify(body)}\n` };
  };
  return (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0]!;
    answer(path).then(
      ({ status, type, text }) => response.writeHead(status, { 'content-type': type }).end(text),
      (error) => {
        onError?.(error);
        response.writeHead(500, { 'content-type': 'text/plain' }).end('failed\n');
      },
    );
  };
}
