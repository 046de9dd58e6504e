import type { Redis } from 'ioredis';

/**
 * Lets the commands that the client sends in one turn of the event loop travel in one packet; returns the client. ioredis's
 * own automatic pipelining has but one packet under way: where Redis syncs each write, every command then waits for two syncs.
 */
export function corked(redis: Redis): Redis {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, destination) => {
    const { stream } = redis;
    // The handshake is left alone: each of its answers is waited for.
    if (redis.status === 'ready' && stream.writableCorked === 0) {
      stream.cork();
      setImmediate(() => stream.uncork());
    }
    return send(command, destination);
  };
  return redis;
}
