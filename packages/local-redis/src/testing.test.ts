import { once } from 'node:events';
import net from 'node:net';
import { expect, test } from 'vitest';
import { startTestRedis } from './testing.ts';

const ask = async (url: string, command: string): Promise<string> => {
  const { port, hostname } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  socket.write(`${command}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString();
};

test('a test server is empty, survives kill -9 on its port and data, and can be flushed', async () => {
  await using redis = await startTestRedis();
  const { url } = redis;
  expect(await ask(url, 'DBSIZE')).toBe(':0\r\n');
  await ask(url, 'SET kept yes');
  await redis.kill();
  await expect(ask(url, 'PING')).rejects.toThrow('ECONNREFUSED');
  await redis.restart();
  expect(redis.url).toBe(url);
  expect(await ask(url, 'GET kept')).toContain('yes');
  await redis.flush();
  expect(await ask(url, 'DBSIZE')).toBe(':0\r\n');
});

test('several servers do not meet', async () => {
  const servers = await Promise.all([startTestRedis(), startTestRedis(), startTestRedis()]);
  expect(new Set(servers.map((server) => server.port)).size).toBe(3);
  for (const server of servers) await server.stop();
});
