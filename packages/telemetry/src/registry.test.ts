import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { metricsListener } from './metrics-listener.ts';
import { counter, createRegistry, gauge, histogram } from './registry.ts';

describe('createRegistry', () => {
  it("holds Node's defaults and what the helpers add", async () => {
    const registry = createRegistry();
    counter(registry, { name: 'seen_total', help: 'Seen.', labels: ['kind'] }).inc({ kind: 'a' });
    histogram(registry, { name: 'took_seconds', help: 'Took.', labels: ['kind'], buckets: [1, 5] }).observe(
      { kind: 'a' },
      2,
    );
    const text = await registry.metrics();
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(text).toContain('seen_total{kind="a"} 1');
    expect(text).toContain('took_seconds_bucket{le="5",kind="a"} 1');
  });
});

describe('gauge', () => {
  it('forgets on each scrape what is no longer collected', async () => {
    const registry = createRegistry();
    let present = ['a', 'b'];
    gauge(registry, {
      name: 'present',
      help: 'Present.',
      labels: ['id'],
      collect: async (self) => {
        for (const id of present) self.set({ id }, 1);
      },
    });
    expect(await registry.metrics()).toContain('present{id="b"} 1');
    present = ['a'];
    expect(await registry.metrics()).not.toContain('id="b"');
  });
});

describe('metricsListener', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  it('serves metrics and probes, 404 elsewhere and 500 without a reason', async () => {
    const failures: unknown[] = [];
    const listener = metricsListener(createRegistry(), {
      probes: {
        '/readyz': async () => ({ status: 503, body: { status: 'not ready' } }),
        '/broken': async () => Promise.reject(new Error('hush')),
      },
      onError: (error) => failures.push(error),
    });
    server = createServer(listener);
    await new Promise<void>((done) => server!.listen(0, '127.0.0.1', done));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    const metrics = await fetch(`${base}/metrics?x=1`);
    expect(metrics.status).toBe(200);
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    const ready = await fetch(`${base}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'not ready' }]);
    expect((await fetch(`${base}/constructor`)).status).toBe(404);
    const broken = await fetch(`${base}/broken`);
    expect([broken.status, await broken.text()]).toEqual([500, 'failed\n']);
    expect(failures).toHaveLength(1);
  });
});
