import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ListenOptions, type Server } from 'node:net';

// Below the ports that systems hand out for outgoing connections, which else take one between its choice and its use.
const LOWEST = 11_000;
const HIGHEST = 15_999;

/** Names of the ports that this process has been given; the sockets are gone with the process, however it ends. */
const claims: Server[] = [];

/**
 * A loopback port that nobody listens on, and that no other process on this machine is given while this one lives
 * (Linux; elsewhere it is merely free). So a server can be killed and started again on it.
 */
export async function findFreePort(): Promise<number> {
  const first = randomInt(LOWEST, HIGHEST + 1);
  for (let step = 0; step <= HIGHEST - LOWEST; step += 1) {
    const port = LOWEST + ((first - LOWEST + step) % (HIGHEST - LOWEST + 1));
    if ((await claim(port)) && (await isFree(port))) return port;
  }
  throw new Error(`no free port from ${LOWEST} to ${HIGHEST}`);
}

async function claim(port: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const server = await listen({ path: `\0gradewire-port-${port}` });
  if (server) claims.push(server.unref());
  return server !== undefined;
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen({ port, host: '127.0.0.1' });
  if (!server) return false;
  server.close();
  await once(server, 'close');
  return true;
}

/** Undefined when the address is taken. */
async function listen(options: ListenOptions): Promise<Server | undefined> {
  const server = createServer();
  try {
    await once(server.listen(options), 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}
