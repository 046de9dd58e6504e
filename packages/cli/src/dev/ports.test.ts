import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { chooseApiPort, chooseOtherPorts } from './ports.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function occupy(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

test('a busy port is named, with one to try', async () => {
  const port = await occupy();
  await expect(chooseApiPort(String(port))).rejects.toMatchObject({
    message: `port ${port} is in use`,
    hint: expect.stringContaining('PORT='),
  });
});

test.each(['0', '65536', '80a', '-1', '8080.5'])('PORT=%s is refused by name', async (text) => {
  await expect(chooseApiPort(text)).rejects.toThrow(`PORT is "${text}"`);
});

test('kept ports stay what they were; one that somebody has moves on; none is given twice', async () => {
  const busy = await occupy();
  const [free, api] = [busy + 31, busy + 32].map((port) => Math.min(port, 65_000));
  const ports = await chooseOtherPorts({ sandbox: busy, delivery: free ?? 0, metrics: free ?? 0 }, api ?? 0);
  expect(ports.sandbox).toBeGreaterThan(busy);
  expect(new Set([ports.sandbox, ports.delivery, ports.metrics, api]).size).toBe(4);
});
