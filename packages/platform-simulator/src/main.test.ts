import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from './config.ts';
import { ask } from './testing/fake-tool.ts';

function start(env: Record<string, string>): ChildProcess {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  return spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, GRADEWIRE_TEST_RUN: process.env.GRADEWIRE_TEST_RUN, ...env },
  });
}

test('the process prints one line when it is ready, and SIGTERM ends it with 0', async () => {
  const child = start({ SIMULATOR_PORT: '0', SIMULATOR_PROFILE: 'moodle', SIMULATOR_STUDENTS: '2' });
  try {
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    const ready = JSON.parse(line.toString());
    expect(ready).toMatchObject({
      ready: true,
      profile: 'moodle',
      registration: { clientId: 'gradewire-sandbox' },
    });
    expect(ready.courses[0].students).toHaveLength(2);
    expect((await ask(`${ready.url}/_sim/state`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

test('a wrong value is one line on stderr and exit 1', async () => {
  const child = start({ SIMULATOR_PROFILE: 'webct' });
  let text = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(text).toBe(
    'platform simulator: SIMULATOR_PROFILE must be one of canvas, moodle, blackboard, brightspace, schoology, sakai, openedx, generic\n',
  );
});

describe('readConfig', () => {
  test('defaults', () => {
    expect(readConfig({})).toEqual({
      profile: 'generic',
      host: '127.0.0.1',
      port: 8090,
      latencyMs: 0,
      tool: {},
    });
  });

  test.each([
    ['SIMULATOR_PORT', 'eighty'],
    ['SIMULATOR_PORT', '70000'],
    ['SIMULATOR_LATENCY_MS', '-1'],
    ['SIMULATOR_TOOL_JWKS_URL', 'keys.json'],
    ['SIMULATOR_STUDENTS', '[1,'],
    ['SIMULATOR_COURSES', '{}'],
    ['SIMULATOR_THROTTLE', 'maybe'],
  ])('%s=%s is refused by name', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => readConfig({ [name]: value })).toThrow(name);
  });
});
