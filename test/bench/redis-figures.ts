import { Redis } from 'ioredis';

/** Bytes that Redis uses for data and its bookkeeping. */
export async function usedMemory(redis: Redis): Promise<number> {
  const info = await redis.info('memory');
  return Number(/used_memory:(\d+)/.exec(info)?.[1]);
}

/** Counts the commands that clients send while `work` runs; what scripts call inside is no round trip. */
export async function countRoundTrips(url: string, work: () => Promise<void>): Promise<number> {
  const redis = new Redis(url);
  const monitor = await redis.monitor();
  let count = 0;
  monitor.on('monitor', (_time: string, _args: string[], source: string) => {
    if (source !== 'lua') count += 1;
  });
  await work();
  // What was sent before this PING has been counted when the monitor sees it.
  const seen = new Promise<void>((resolve) => {
    monitor.on('monitor', (_time: string, args: string[]) => {
      if (args[0]?.toLowerCase() === 'echo') resolve();
    });
  });
  await redis.echo('end of count');
  await seen;
  monitor.disconnect();
  redis.disconnect();
  return count - 1;
}
