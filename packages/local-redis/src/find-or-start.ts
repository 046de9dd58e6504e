import { join } from 'node:path';
import { ContainerServer, hasContainerRuntime } from './container-server.ts';
import { findExecutable } from './find-executable.ts';
import { defaultCacheDir, defaultDataDir } from './folders.ts';
import { findServerUsing } from './pid-file.ts';
import { PrivateServer } from './private-server.ts';
import { withProcessLock } from './process-lock.ts';
import type { RunningServer } from './running-server.ts';
import type { AppendFsync } from './settings.ts';
import { serverArguments } from './settings.ts';

export interface FindOrStartOptions {
  /** A Redis that is there already, as `GRADEWIRE_REDIS_URL` names it; nothing is started then. */
  url?: string | undefined;
  /** Folder of the private server's data. @default `.gradewire/redis-data` of the workspace */
  dir?: string | undefined;
  /** Folder that keeps a fetched Redis. @default `.gradewire/redis` of the workspace, else the user's cache folder */
  cacheDir?: string | undefined;
  /** @default a free one */
  port?: number | undefined;
  /** Told in one line each what is being done. */
  log?: (line: string) => void;
  /** @default 'always' */
  appendfsync?: AppendFsync;
  /** Further settings of redis.conf. */
  config?: Record<string, string>;
  /** Where programs and the cache folder are looked for. @default the process's own environment */
  env?: NodeJS.ProcessEnv;
}

/** A Redis to use. `how` says in words where it came from; `stop` ends it only if it was started here. */
export interface LocalRedis {
  url: string;
  how: string;
  pid?: number;
  stop(): Promise<void>;
}

/**
 * A Redis, found or started, in this order: `url`; redis-server or valkey-server on PATH; Debian's package unpacked into
 * a cache without root; Docker. A server started here is private: loopback, a port and a data folder of its own, every
 * write on disk before its answer. Throws one error naming these four ways when none works.
 */
export async function findOrStartRedis(options: FindOrStartOptions = {}): Promise<LocalRedis> {
  if (options.url) return { url: options.url, how: 'GRADEWIRE_REDIS_URL', stop: async () => {} };
  const { log = () => {}, env = process.env } = options;
  const dir = options.dir ?? defaultDataDir(process.cwd());
  return await withProcessLock(join(dir, 'redis.lock'), async () => {
    const shared = await findServerUsing(dir, log);
    if (shared) {
      const how = `already started by process ${shared.ownerPid}`;
      return { url: `redis://127.0.0.1:${shared.port}`, how, pid: shared.pid, stop: async () => {} };
    }
    const server = await chooseServer(dir, log, env, options);
    await server.start();
    log(`Redis: ${server.url} (${server.how})`);
    return {
      url: server.url,
      how: server.how,
      ...(server.pid === undefined ? {} : { pid: server.pid }),
      stop: () => server.stop(),
    };
  });
}

async function chooseServer(
  dir: string,
  log: (line: string) => void,
  env: NodeJS.ProcessEnv,
  options: FindOrStartOptions,
): Promise<RunningServer> {
  const settings = serverArguments(options.appendfsync ?? 'always', options.config ?? {});
  const cacheDir = options.cacheDir ?? defaultCacheDir(process.cwd(), env);
  const found = await findExecutable({ cacheDir, path: env.PATH ?? '', log });
  if ('executable' in found) {
    return new PrivateServer({ executable: found.executable, dir, port: options.port, arguments: settings });
  }
  if (await hasContainerRuntime()) {
    log('Redis: starting it in Docker');
    return new ContainerServer({ dir, port: options.port, arguments: settings });
  }
  throw new Error(noRedisMessage(cacheDir, found.problem));
}

/** What a person can do about there being no Redis. */
export function noRedisMessage(cacheDir: string, problem: string): string {
  return [
    'No Redis found. Any one of these will do:',
    '  - set GRADEWIRE_REDIS_URL to one that runs',
    '  - install redis-server or valkey-server, so that it is on PATH (apt install redis-server, brew install redis)',
    `  - let Debian's package be unpacked into ${cacheDir} (did not work: ${problem})`,
    '  - start Docker',
  ].join('\n');
}
