import net from 'node:net';

const PROBE_TIMEOUT_MS = 1_000;
const FLUSH_TIMEOUT_MS = 30_000;

/** What answers on a loopback port: the server's process id and version, and whether it has loaded its data. */
export interface Probe {
  pid: number;
  version: string;
  ready: boolean;
}

/** Asks for PING and INFO. Undefined when nothing, or something that is no Redis, answers. */
export async function probeServer(port: number): Promise<Probe | undefined> {
  const answer = await converse(
    { port, host: '127.0.0.1', timeoutMs: PROBE_TIMEOUT_MS },
    'PING\r\nINFO server\r\n',
    (text) => /process_id:\d+\r\n/.test(text),
  );
  const pid = Number(/process_id:(\d+)/.exec(answer)?.[1] ?? Number.NaN);
  const version = /(?:valkey|redis)_version:(\S+)/.exec(answer)?.[1] ?? '';
  return Number.isNaN(pid) ? undefined : { pid, version, ready: answer.startsWith('+PONG') };
}

/** Empties every database of the server on this port. */
export async function flushServer(port: number, host = '127.0.0.1'): Promise<void> {
  const answer = await converse({ port, host, timeoutMs: FLUSH_TIMEOUT_MS }, 'FLUSHALL SYNC\r\n', (text) =>
    text.includes('\r\n'),
  );
  if (!answer.startsWith('+OK')) throw new Error(`FLUSHALL on port ${port}: ${answer.trim() || 'no answer'}`);
}

function converse(
  { port, host, timeoutMs }: { port: number; host: string; timeoutMs: number },
  request: string,
  isComplete: (text: string) => boolean,
): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = net.connect({ port, host });
    const finish = () => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(timeoutMs, finish);
    socket.once('connect', () => socket.write(request));
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (isComplete(text)) finish();
    });
    socket.once('error', finish);
    socket.once('end', finish);
  });
}
