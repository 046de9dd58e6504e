import { createServer } from 'node:net';
import { CliError } from '../command/errors.ts';
import type { DevPorts } from './dev-state.ts';

const DEFAULT_API_PORT = 8080;
const TRIES = 200;

/** The API's port from `PORT`. Throws {@link CliError} that names the variable, or the port when somebody has it. */
export async function chooseApiPort(text: string | undefined): Promise<number> {
  const port = text ? Number(text) : DEFAULT_API_PORT;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new CliError(`PORT is "${text}"`, 'It takes a number from 1 to 65535.');
  }
  if (await isFree(port)) return port;
  const hint = `Stop what listens there, or take another: PORT=${port === 65_535 ? 8081 : port + 1} npm start`;
  throw new CliError(`port ${port} is in use`, hint);
}

/** The kept ports, each replaced by the next free one where somebody has it. */
export async function chooseOtherPorts(kept: DevPorts, apiPort: number): Promise<DevPorts> {
  const taken = new Set([apiPort]);
  const choose = async (wanted: number) => {
    for (let port = wanted; port < Math.min(65_535, wanted + TRIES); port++) {
      if (taken.has(port) || !(await isFree(port))) continue;
      taken.add(port);
      return port;
    }
    throw new CliError(`no free port from ${wanted} on`, 'Free one, then start again.');
  };
  return {
    sandbox: await choose(kept.sandbox),
    delivery: await choose(kept.delivery),
    metrics: await choose(kept.metrics),
  };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
