import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findExecutable } from './find-executable.ts';
import { findOrStartRedis, noRedisMessage } from './find-or-start.ts';
import { findWorkspace } from './folders.ts';
import { writePidFile } from './pid-file.ts';
import { isAlive } from './process-lock.ts';
import { probeServer } from './server-probe.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-redis-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const ask = async (url: string, command: string): Promise<string> => {
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`${command}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString();
};
const portOf = (url: string) => Number(new URL(url).port);

describe('findOrStartRedis', () => {
  test('a url given is used as it is', async () => {
    const redis = await findOrStartRedis({ url: 'redis://elsewhere:1' });
    expect(redis).toMatchObject({ url: 'redis://elsewhere:1', how: 'GRADEWIRE_REDIS_URL' });
    await redis.stop();
  });

  test('a private server is durable, never evicts and keeps its data for the next start', async () => {
    const lines: string[] = [];
    const first = await findOrStartRedis({ dir: join(folder, 'data'), log: (line) => lines.push(line) });
    expect(lines.at(-1)).toContain(first.url);
    for (const [name, value] of [
      ['appendonly', 'yes'],
      ['appendfsync', 'always'],
      ['no-appendfsync-on-rewrite', 'no'],
      ['maxmemory-policy', 'noeviction'],
      ['hash-max-listpack-value', '1024'],
    ]) {
      expect(await ask(first.url, `CONFIG GET ${name}`)).toContain(`\r\n${value}\r\n`);
    }
    await ask(first.url, 'SET kept yes');
    await first.stop();
    expect(isAlive(first.pid!)).toBe(false);

    const second = await findOrStartRedis({ dir: join(folder, 'data') });
    expect(await ask(second.url, 'GET kept')).toContain('yes');
    await second.stop();
  });

  test('settings and port can be chosen', async () => {
    const probe = await findOrStartRedis({ dir: join(folder, 'a') });
    await probe.stop();
    const port = portOf(probe.url);
    const redis = await findOrStartRedis({
      dir: join(folder, 'b'),
      port,
      appendfsync: 'everysec',
      config: { maxclients: '77' },
    });
    expect(portOf(redis.url)).toBe(port);
    expect(await ask(redis.url, 'CONFIG GET maxclients')).toContain('77');
    expect(await ask(redis.url, 'CONFIG GET appendfsync')).toContain('everysec');
    await redis.stop();
  });

  test('a busy port is an error that shows the log of the server', async () => {
    const first = await findOrStartRedis({ dir: join(folder, 'a') });
    const second = findOrStartRedis({ dir: join(folder, 'b'), port: portOf(first.url) });
    await expect(second).rejects.toThrow(/did not start on port \d+: exited with 1[\s\S]*already in use/);
    await first.stop();
  });

  test('two starts on one data folder, even at once, share one server', async () => {
    const dir = join(folder, 'data');
    const both = await Promise.all([findOrStartRedis({ dir }), findOrStartRedis({ dir })]);
    expect(both[0].url).toBe(both[1].url);
    expect(both.map((redis) => redis.how).join()).toContain(`already started by process ${process.pid}`);
    for (const redis of both) await redis.stop();
    expect(await probeServer(portOf(both[0].url))).toBeUndefined();
  });

  test('the server ends with the process that started it, even by kill -9', async () => {
    const { pid } = await startInProcessAndKill(join(folder, 'data'));
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  test('a server whose owner is gone is stopped, and its data carried on', async () => {
    const dir = join(folder, 'data');
    const orphan = await findOrStartRedis({ dir });
    await ask(orphan.url, 'SET kept yes');
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    await writePidFile(dir, { pid: orphan.pid!, port: portOf(orphan.url), ownerPid: gone.pid! });

    const redis = await findOrStartRedis({ dir });
    expect(redis.pid).not.toBe(orphan.pid);
    expect(isAlive(orphan.pid!)).toBe(false);
    expect(await ask(redis.url, 'GET kept')).toContain('yes');
    await redis.stop();
  });

  test('a process id that belongs to something else by now is left alone', async () => {
    const dir = join(folder, 'data');
    await mkdir(dir);
    await writePidFile(dir, { pid: process.pid, port: 1, ownerPid: 2 ** 22 + 1 });
    const redis = await findOrStartRedis({ dir });
    await redis.stop();
  });

  test('a server on PATH is taken before anything is fetched', async () => {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'valkey-server'), '#!/bin/sh\necho started by the test\nexit 3\n', {
      mode: 0o755,
    });
    const started = findOrStartRedis({ dir: join(folder, 'data'), env: { PATH: bin } });
    await expect(started).rejects.toThrow(
      /bin\/valkey-server did not start[\s\S]*exited with 3[\s\S]*started by the test/,
    );
  });

  test('without any way the error names all four', () => {
    const message = noRedisMessage('/cache', 'no network');
    for (const way of ['GRADEWIRE_REDIS_URL', 'on PATH', '/cache (did not work: no network)', 'Docker']) {
      expect(message).toContain(way);
    }
  });
});

describe('findExecutable', () => {
  const log = () => {};

  test('says so when there is no apt', async () => {
    const found = await findExecutable({ cacheDir: join(folder, 'cache'), path: '', log });
    expect(found).toEqual({ problem: 'no apt-get and dpkg on PATH' });
  });

  test('says why apt could not fetch, and leaves no half of a Redis behind', async () => {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'apt-get'), '#!/bin/sh\necho no network >&2\nexit 100\n', { mode: 0o755 });
    await symlink('/bin/true', join(bin, 'dpkg'));
    const options = { cacheDir: join(folder, 'cache'), path: bin, log };
    expect(await findExecutable(options)).toEqual({ problem: 'no network' });
    expect(await findExecutable(options)).toEqual({ problem: 'no network' });
  });
});

describe('findWorkspace', () => {
  test('is found from any folder inside, and nowhere else', () => {
    const here = fileURLToPath(new URL('.', import.meta.url));
    expect(findWorkspace(here)).toBe(fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, ''));
    expect(findWorkspace('/')).toBeUndefined();
  });
});

async function startInProcessAndKill(dir: string): Promise<{ pid: number }> {
  const source = `
    const { findOrStartRedis } = await import(${JSON.stringify(new URL('./find-or-start.ts', import.meta.url).href)});
    const { pid } = await findOrStartRedis({ dir: ${JSON.stringify(dir)} });
    console.log(JSON.stringify({ pid }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  child.kill('SIGKILL');
  await once(child, 'exit');
  return JSON.parse(line.toString()) as { pid: number };
}
