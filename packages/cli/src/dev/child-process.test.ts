import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DevChild } from './child-process.ts';
import { isRunning } from './is-running.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradewire-child-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function script(name: string, text: string): Promise<string> {
  const file = join(folder, `${name}.mjs`);
  await writeFile(file, text);
  return file;
}

const child = (main: string) =>
  new DevChild({ name: 'sample', args: [main], env: process.env, logFile: join(folder, 'sample.log') });

/** Writes its process id once it runs, and stays. */
const STAYS = (file: string) => `
  import { writeFileSync } from 'node:fs';
  process.on('SIGTERM', () => { console.log('drained'); process.exit(0); });
  setInterval(() => {}, 1000);
  writeFileSync(${JSON.stringify(file)}, String(process.pid));
`;

async function pidIn(file: string): Promise<number> {
  const pid = async () => Number(await readFile(file, 'utf8').catch(() => ''));
  await expect.poll(pid).toBeGreaterThan(0);
  return pid();
}

test('one that ends by itself is reported with its name, its end and its last lines', async () => {
  const main = await script(
    'dies',
    `for (let i = 1; i <= 30; i++) console.log('line ' + i); console.error('why'); process.exitCode = 3;`,
  );
  const dying = child(main);
  const { name, how, lastLines } = await dying.died;
  expect([name, how]).toEqual(['sample', 'ended with 3']);
  expect(lastLines).toHaveLength(12);
  expect(lastLines).toContain('why');
  expect(lastLines).toContain('line 30');
  await dying[Symbol.asyncDispose]();
  expect(await readFile(join(folder, 'sample.log'), 'utf8')).toContain('line 1\n');
});

test('disposing lets it finish in its own way', async () => {
  const pidFile = join(folder, 'pid');
  const staying = child(await script('stays', STAYS(pidFile)));
  const pid = await pidIn(pidFile);
  await staying[Symbol.asyncDispose]();
  expect(isRunning(pid)).toBe(false);
  expect(await readFile(join(folder, 'sample.log'), 'utf8')).toContain('drained');
});

test('it ends with its parent, even by kill -9', async () => {
  const pidFile = join(folder, 'pid');
  const main = await script('stays', STAYS(pidFile));
  const parent = await script(
    'parent',
    `import { DevChild } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'child-process.ts')).href)};
     new DevChild({ name: 'sample', args: [${JSON.stringify(main)}], env: process.env, logFile: ${JSON.stringify(join(folder, 'l'))} });`,
  );
  const running = spawn(process.execPath, [parent], { stdio: 'inherit' });
  const pid = await pidIn(pidFile);
  running.kill('SIGKILL');
  await once(running, 'exit');
  await expect.poll(() => isRunning(pid)).toBe(false);
});
