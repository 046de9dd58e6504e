import net from 'node:net';

const PROBE_TIMEOUT_MS = 1000;

/** What answers on a loopback port: the server's process id, and whether it has loaded its data. */
export interface Probe {
  pid: number;
  ready: boolean;
}

/** Asks for PING and INFO. Undefined when nothing, or something that is no Redis, answers. */
export async function probeServer(port: number): Promise<Probe | undefined> {
  const answer = await converse(port, 'PING\r\nINFO server\r\n', (text) => /process_id:\d+\r\n/.test(text));
  const pid = Number(/process_id:(\d+)/.exec(answer)?.[1] ?? Number.NaN);
  return Number.isNaN(pid) ? undefined : { pid, ready: answer.startsWith('+PONG') };
}

/** Empties every database of the server on this port. */
export async function flushServer(port: number, host = '127.0.0.1'): Promise<void> {
  const answer = await converse(port, 'FLUSHALL SYNC\r\n', (text) => text.includes('\r\n'), host);
  if (!answer.startsWith('+OK')) throw new Error(`FLUSHALL on port ${port}: ${answer.trim() || 'no answer'}`);
}

function converse(
  port: number,
  request: string,
  isComplete: (text: string) => boolean,
  host = '127.0.0.1',
): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = net.connect({ port, host });
    const finish = () => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, finish);
    socket.once('connect', () => socket.write(request));
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (isComplete(text)) finish();
    });
    socket.once('error', finish);
    socket.once('end', finish);
  });
}
