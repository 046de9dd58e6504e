import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What a client sent: the words of one command. */
export type Command = readonly string[];

/** Where a connection is cut: at the first command that matches, before Redis gets it or after Redis has answered it. */
interface Cut {
  at: (command: Command) => boolean;
  when: 'before' | 'after';
  /** Called at that moment; nothing passes in either direction from then on. */
  strike: () => void;
}

/** A command whose answer shows that all before it are answered. */
const mark = '*2\r\n$4\r\nECHO\r\n$12\r\nreliability!\r\n';
const marked = '$12\r\nreliability!\r\n';

/** Stands between a service and its Redis, hands commands over one by one, and can stop between any two of them. */
export interface RedisTap extends AsyncDisposable {
  readonly url: string;
  cut: Cut | undefined;
}

export async function startRedisTap(redisPort: number): Promise<RedisTap> {
  const sockets = new Set<Socket>();
  const tap: { cut: Cut | undefined } = { cut: undefined };
  const server = createServer((client) => {
    const upstream = connect(redisPort, '127.0.0.1');
    let severed = false;
    let unread = Buffer.alloc(0);
    const sever = () => {
      severed = true;
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', sever);
      socket.on('close', () => {
        sockets.delete(socket);
        sever();
      });
    }
    // While a command's answer is awaited that ends the connection: what has come since, and what is to happen then.
    let awaited: { answers: string; cut: Cut } | undefined;
    upstream.on('data', (answer) => {
      if (severed) return;
      if (!awaited) {
        client.write(answer);
        return;
      }
      awaited.answers += answer.toString('latin1');
      const end = awaited.answers.indexOf(marked);
      if (end < 0) return;
      const answers = awaited.answers.slice(0, end);
      const { cut } = awaited;
      if (!answers.includes('-NOSCRIPT')) {
        severed = true;
        cut.strike();
        return;
      }
      // Redis did nothing: the service sends the whole script next.
      awaited = undefined;
      tap.cut = cut;
      client.write(Buffer.from(answers, 'latin1'));
      pass();
    });
    const pass = () => {
      for (let read = readCommand(unread); read && !severed && !awaited; read = readCommand(unread)) {
        unread = unread.subarray(read.bytes.length);
        const { cut } = tap;
        const hit = cut?.at(read.command) ? cut : undefined;
        if (hit) tap.cut = undefined;
        if (hit?.when === 'before') {
          severed = true;
          hit.strike();
          return;
        }
        upstream.write(read.bytes);
        if (!hit) continue;
        awaited = { answers: '', cut: hit };
        upstream.write(mark);
      }
    };
    client.on('data', (chunk) => {
      unread = Buffer.concat([unread, chunk]);
      pass();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(tap, {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  });
}

/** The first command in the buffer, an array of bulk strings (RESP), or undefined when it is not whole yet. */
function readCommand(buffer: Buffer): { command: Command; bytes: Buffer } | undefined {
  let at = 0;
  const line = () => {
    const end = buffer.indexOf('\r\n', at);
    if (end < 0) return undefined;
    const number = Number(buffer.toString('latin1', at + 1, end));
    at = end + 2;
    return number;
  };
  const words = line();
  if (words === undefined) return undefined;
  const command: string[] = [];
  for (let i = 0; i < words; i += 1) {
    const length = line();
    if (length === undefined || at + length + 2 > buffer.length) return undefined;
    command.push(buffer.toString('utf8', at, at + length));
    at += length + 2;
  }
  return { command, bytes: buffer.subarray(0, at) };
}
