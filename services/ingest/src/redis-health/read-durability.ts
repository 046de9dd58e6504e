import type { DurabilityFacts } from './durability.ts';

/** The two commands of ioredis that tell about durability. */
export interface DurabilitySource {
  info(section: string): Promise<string>;
  config(subcommand: 'GET', parameter: string): Promise<unknown>;
}

/**
 * Asks Redis how it keeps what it acknowledges. Hosted Redis often forbids CONFIG; INFO still tells the log and
 * the eviction policy then, and fsync stays unknown.
 * @throws what the connection throws when Redis is away
 */
export async function readDurability(redis: DurabilitySource): Promise<DurabilityFacts> {
  const [persistence, memory, replication, config] = await Promise.all([
    redis.info('persistence').then(parseInfo),
    redis.info('memory').then(parseInfo),
    redis.info('replication').then(parseInfo),
    Promise.all(['appendfsync', 'no-appendfsync-on-rewrite'].map((name) => readConfig(redis, name))),
  ]);
  const [appendFsync, onRewrite] = config;
  const aof = persistence.get('aof_enabled');
  const policy = memory.get('maxmemory_policy');
  const replicas = replication.get('connected_slaves');
  return {
    ...(aof === undefined ? {} : { appendOnly: aof === '1' }),
    ...(appendFsync === undefined ? {} : { appendFsync }),
    ...(onRewrite === undefined ? {} : { noAppendFsyncOnRewrite: onRewrite === 'yes' }),
    ...(policy === undefined ? {} : { maxMemoryPolicy: policy }),
    ...(replicas === undefined ? {} : { connectedReplicas: Number(replicas) }),
  };
}

/** `name:value` lines of INFO. */
export function parseInfo(text: string): Map<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const colon = line.indexOf(':');
      return colon > 0 && !line.startsWith('#')
        ? [[line.slice(0, colon), line.slice(colon + 1)] as const]
        : [];
    }),
  );
}

async function readConfig(redis: DurabilitySource, parameter: string): Promise<string | undefined> {
  try {
    const pair = await redis.config('GET', parameter);
    return Array.isArray(pair) && typeof pair[1] === 'string' ? pair[1] : undefined;
  } catch (error) {
    // A renamed, disabled or ACL-guarded CONFIG is an answer; a lost connection is not.
    if (error instanceof Error && /unknown command|NOPERM|not allowed|disabled|ERR /i.test(error.message))
      return undefined;
    throw error;
  }
}
