import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerServer, hasContainerRuntime } from './container-server.ts';
import { findExecutable } from './find-executable.ts';
import { defaultCacheDir } from './folders.ts';
import { PrivateServer } from './private-server.ts';
import type { RunningServer } from './running-server.ts';
import { flushServer, probeServer } from './server-probe.ts';
import type { AppendFsync } from './settings.ts';
import { serverArguments } from './settings.ts';

export { findFreePort } from './free-port.ts';

export interface TestRedisOptions {
  /**
   * @default 'no': every write is with the system before its answer, which is what a kill -9 needs. Under 'everysec' Redis
   * keeps writes back for up to two seconds while a slow disk is at an earlier fsync.
   */
  appendfsync?: AppendFsync;
  /** Further settings of redis.conf. */
  config?: Record<string, string>;
}

/** A Redis for one test file, empty at first, on a port and data of its own. */
export interface TestRedis extends AsyncDisposable {
  /** In words, where it came from. */
  readonly how: string;
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

/** Tells the processes of one run of which kind its first server was. */
const KIND = 'GRADEWIRE_TEST_REDIS';

/**
 * Starts a Redis for tests: through testcontainers where a container runtime answers and has the image, else a private
 * server process. Which of the two is said once on stderr, and stays so for all processes that this one starts. The data is
 * gone after `stop`.
 */
export async function startTestRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'gradewire-redis-'));
  const server = await startServer(dir, options);
  const stop = async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return {
    how: server.how,
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

async function startServer(dir: string, options: TestRedisOptions): Promise<RunningServer> {
  const settings = serverArguments(options.appendfsync ?? 'no', options.config ?? {});
  const kind = process.env[KIND];
  if (kind === 'container' || (kind === undefined && (await hasContainerRuntime()))) {
    const server = new ContainerServer({ arguments: settings });
    try {
      await server.start();
      await settleOn('container', server);
      return server;
    } catch (error) {
      if (kind === 'container') throw error;
      process.stderr.write(
        `Redis for tests: not ${server.how}: ${error instanceof Error ? error.message : error}\n`,
      );
    }
  }
  const server = await findPrivateServer(dir, settings);
  await server.start();
  await settleOn('process', server);
  return server;
}

async function findPrivateServer(dir: string, settings: readonly string[]): Promise<PrivateServer> {
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

async function settleOn(kind: 'container' | 'process', { how, port }: RunningServer): Promise<void> {
  if (process.env[KIND] === kind) return;
  process.env[KIND] = kind;
  const version = (await probeServer(port))?.version ?? 'of unknown version';
  process.stderr.write(`Redis for tests: ${how} (${version})\n`);
}
