import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ContainerServer, hasContainerRuntime } from './container-server.ts';
import { findExecutable } from './find-executable.ts';
import { defaultCacheDir } from './folders.ts';
import { PrivateServer } from './private-server.ts';
import type { RunningServer } from './running-server.ts';
import { flushServer } from './server-probe.ts';
import type { AppendFsync } from './settings.ts';
import { serverArguments } from './settings.ts';

export { findFreePort } from './free-port.ts';

export interface TestRedisOptions {
  /** @default 'everysec': what a kill -9 needs; only a power loss asks for 'always' */
  appendfsync?: AppendFsync;
  /** Further settings of redis.conf. */
  config?: Record<string, string>;
}

/** A Redis for one test file, empty at first, on a port and data of its own. */
export interface TestRedis extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Removes every key. */
  flush(): Promise<void>;
  /** kill -9: no flush, no goodbye. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same port and data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a Redis for tests: through testcontainers where a container runtime answers, else a private server process.
 * Which of the two is said once on stderr. The data is gone after `stop`.
 */
export async function startTestRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'gradewire-redis-'));
  const server = await chooseServer(dir, options);
  await server.start();
  await announce(server.how);
  const stop = async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return {
    get url() {
      return server.url;
    },
    get port() {
      return server.port;
    },
    flush: () => flushServer(server.port, new URL(server.url).hostname),
    kill: () => server.kill(),
    restart: () => server.start(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function chooseServer(dir: string, options: TestRedisOptions): Promise<RunningServer> {
  const settings = serverArguments(options.appendfsync ?? 'everysec', options.config ?? {});
  if (await hasContainerRuntime()) return new ContainerServer({ arguments: settings });
  const found = await findExecutable({
    cacheDir: defaultCacheDir(process.cwd(), process.env),
    path: process.env.PATH ?? '',
    log: (line) => process.stderr.write(`${line}\n`),
  });
  if ('problem' in found) {
    throw new Error(
      `These tests need Docker, or redis-server on PATH, or Debian's package: ${found.problem}`,
    );
  }
  return new PrivateServer({ executable: found.executable, dir, arguments: settings });
}

/** Test files are processes of one run: what the run has said already is noted beside the fetched Redis. */
async function announce(how: string): Promise<void> {
  const note = join(defaultCacheDir(process.cwd(), process.env), 'announced');
  const run = String(process.ppid);
  if ((await readFile(note, 'utf8').catch(() => '')) === run) return;
  await mkdir(dirname(note), { recursive: true });
  await writeFile(note, run);
  process.stderr.write(`Redis for tests: ${how}\n`);
}
