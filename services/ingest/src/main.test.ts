import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startTestRedis } from '@gradewire/local-redis/testing';
import { describe, expect, it } from 'vitest';
import { ADMIN_KEY } from './testing/test-ingest.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

function start(env: Record<string, string>): { process: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ['--conditions=@gradewire/source', main], {
    env: { PATH: process.env.PATH, GRADEWIRE_TEST_RUN: process.env.GRADEWIRE_TEST_RUN, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => (text += String(chunk)));
  child.stderr.on('data', (chunk) => (text += String(chunk)));
  return { process: child, output: () => text };
}

const env = (redisUrl: string) => ({
  GRADEWIRE_REDIS_URL: redisUrl,
  GRADEWIRE_ENCRYPTION_KEY: Buffer.alloc(32, 3).toString('base64'),
  GRADEWIRE_ADMIN_KEY: ADMIN_KEY,
  GRADEWIRE_PORT: '0',
  GRADEWIRE_METRICS_PORT: '0',
});

describe('the process', () => {
  it('names every wrong variable, and a port that is taken', async () => {
    const wrong = start({ GRADEWIRE_PORT: 'eighty' });
    expect((await once(wrong.process, 'exit'))[0]).toBe(1);
    for (const name of ['GRADEWIRE_PORT', 'GRADEWIRE_REDIS_URL', 'GRADEWIRE_ENCRYPTION_KEY']) {
      expect(wrong.output()).toContain(name);
    }
    expect(wrong.output()).not.toMatch(/ at .*\.ts/);

    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const taken = start({ ...env('redis://127.0.0.1:1'), GRADEWIRE_PORT: String(port) });
    expect((await once(taken.process, 'exit'))[0]).toBe(1);
    expect(taken.output()).toContain(`GRADEWIRE_PORT ${port} is taken`);
    other.close();
  });

  it('serves until SIGTERM, then leaves with 0 and no secret in its log', async () => {
    await using redis = await startTestRedis();
    const ingest = start(env(redis.url));
    const url = await new Promise<string>((resolve, reject) => {
      ingest.process.once('exit', () => reject(new Error(ingest.output())));
      ingest.process.stdout!.on('data', () => {
        const found = /"url":"([^"]+)"/.exec(ingest.output())?.[1];
        if (found) resolve(found);
      });
    });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    expect((await fetch(`${url}/v1/platforms`, { headers })).status).toBe(200);
    const exited = once(ingest.process, 'exit');
    ingest.process.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(ingest.output()).toContain('stopped');
    expect(ingest.output()).not.toContain(ADMIN_KEY);
  });
});
