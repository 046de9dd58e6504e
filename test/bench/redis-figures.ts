import { Redis } from 'ioredis';

/** Bytes that Redis uses for data and its bookkeeping. */
export async function usedMemory(redis: Redis): Promise<number> {
  return infoNumber(redis, 'memory', 'used_memory');
}

/**
 * What clients send to Redis while `work` runs, for each of `count`: commands, and the packets that it reads them from, which is
 * what takes time on the way. What scripts call inside is neither.
 */
export async function countTraffic(
  url: string,
  count: number,
  work: () => Promise<void>,
): Promise<{ commands: number; packets: number }> {
  const redis = new Redis(url);
  const monitor = await redis.monitor();
  let commands = 0;
  monitor.on('monitor', (_time: string, _args: string[], source: string) => {
    if (source !== 'lua') commands += 1;
  });
  const readsBefore = await infoNumber(redis, 'stats', 'total_reads_processed');
  await work();
  const reads = (await infoNumber(redis, 'stats', 'total_reads_processed')) - readsBefore;
  // What was sent before this ECHO has been counted when the monitor sees it.
  const seen = new Promise<void>((resolve) => {
    monitor.on('monitor', (_time: string, args: string[]) => {
      if (args[0]?.toLowerCase() === 'echo') resolve();
    });
  });
  await redis.echo('end of count');
  await seen;
  monitor.disconnect();
  redis.disconnect();
  const ownCommands = 3;
  return { commands: (commands - ownCommands) / count, packets: (reads - 1) / count };
}

async function infoNumber(redis: Redis, section: string, field: string): Promise<number> {
  return Number(new RegExp(`\\b${field}:(\\d+)`).exec(await redis.info(section))?.[1]);
}
