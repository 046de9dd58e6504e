import { createRegistry } from '@gradewire/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigError } from './config.ts';
import { type HealthServer, startHealthServer } from './health-server.ts';

let server: HealthServer | undefined;
let problem: string | undefined;
afterEach(() => server?.[Symbol.asyncDispose]());

const start = (port = 0) =>
  startHealthServer({
    registry: createRegistry(),
    host: '127.0.0.1',
    port,
    problem: () => problem,
    onError: () => undefined,
  });

describe('startHealthServer', () => {
  it('serves metrics, life and readiness', async () => {
    server = await start();
    problem = undefined;
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${server.url}/metrics`)).text()).toContain('process_cpu_seconds_total');
    expect((await fetch(`${server.url}/anything`)).status).toBe(404);
    problem = 'redis is away';
    const unready = await fetch(`${server.url}/readyz`);
    expect(unready.status).toBe(503);
    expect(await unready.json()).toEqual({ status: 'unavailable', reason: 'redis is away' });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  it('names the variable when the port is taken', async () => {
    server = await start();
    const taken = start(Number(new URL(server.url).port));
    await expect(taken).rejects.toThrow(ConfigError);
    await expect(taken).rejects.toThrow(/^GRADEWIRE_DELIVERY_PORT \d+ is taken by another program/);
  });
});
