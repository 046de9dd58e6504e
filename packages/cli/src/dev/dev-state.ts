import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CliError } from '../command/errors.ts';

/** Ports beside the API's. They are kept so that the URLs of the sandbox, and with them its columns, stay what they were. */
export interface DevPorts {
  metrics: number;
  delivery: number;
  sandbox: number;
}

/** What a later start needs to go on with the same scores and gradebook. */
export interface DevState {
  adminKey: string;
  encryptionKey: string;
  ports: DevPorts;
  /** When the sample grades count as given; the same at every start, so that a newer grade is not overwritten. */
  sampleGradedAt: string;
}

const PREFERRED_PORTS: DevPorts = { metrics: 9464, delivery: 9090, sandbox: 8090 };
/** Far within the time that a cell remembers its order, beyond which an older timestamp is refused. */
const SAMPLE_MAX_AGE_MS = 180 * 24 * 60 * 60 * 1000;

/** Reads the state of earlier starts; makes new secrets at the first. Throws {@link CliError} when the file is damaged. */
export async function loadDevState(file: string, nowMs: number): Promise<DevState> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new CliError(`${file} cannot be read: ${error.message}`);
  });
  const graded = { sampleGradedAt: new Date(nowMs).toISOString() };
  if (text === undefined) {
    return {
      adminKey: `gw_dev_${randomBytes(24).toString('base64url')}`,
      encryptionKey: randomBytes(32).toString('base64'),
      ports: PREFERRED_PORTS,
      ...graded,
    };
  }
  const state = parseState(text, file);
  const isStale = nowMs - Date.parse(state.sampleGradedAt) > SAMPLE_MAX_AGE_MS;
  return isStale ? { ...state, ...graded } : state;
}

function parseState(text: string, file: string): DevState {
  try {
    const { adminKey, encryptionKey, ports, sampleGradedAt } = JSON.parse(text) as DevState;
    const portNumbers = [ports.metrics, ports.delivery, ports.sandbox];
    if (!adminKey || !encryptionKey || !portNumbers.every(Number.isInteger) || !Date.parse(sampleGradedAt)) {
      throw new Error('something is missing in it');
    }
    return { adminKey, encryptionKey, ports, sampleGradedAt };
  } catch (cause) {
    const hint =
      'It holds the keys of the local data. Restore it, or delete the whole folder to begin afresh.';
    throw new CliError(`${file} is damaged`, hint, cause);
  }
}

/** Writes the state so that only its owner can read it, and never half. */
export async function saveDevState(file: string, state: DevState): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, file);
}
