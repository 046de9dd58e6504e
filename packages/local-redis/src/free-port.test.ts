import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { findFreePort } from './free-port.ts';

const module = new URL('./free-port.ts', import.meta.url).href;

test('ports are free, and outside those that systems use for outgoing connections', async () => {
  const port = await findFreePort();
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
  expect(port).toBeGreaterThan(10_999);
  expect(port).toBeLessThan(16_000);
});

test.runIf(process.platform === 'linux')(
  'processes that ask at the same time get different ports',
  async () => {
    const program = `
    const { findFreePort } = await import(${JSON.stringify(module)});
    const ports = [];
    for (let i = 0; i < 600; i += 1) ports.push(await findFreePort());
    console.log(JSON.stringify(ports));
    setTimeout(() => {}, 60_000);`;
    const children = [1, 2, 3].map(() => spawn(process.execPath, ['--input-type=module', '-e', program]));
    const printed = await Promise.all(
      children.map(async (child) => {
        const [chunk] = await once(child.stdout, 'data');
        return JSON.parse(String(chunk)) as number[];
      }),
    );
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map((child) => text(child.stderr)));
    const ports = printed.flat();
    expect(new Set(ports).size).toBe(1_800);
  },
);
