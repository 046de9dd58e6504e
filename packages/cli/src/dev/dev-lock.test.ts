import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeDevLock } from './dev-lock.ts';

let file = '';
beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'gradewire-lock-')), 'dev.lock');
});
afterEach(() => rm(join(file, '..'), { recursive: true }));

test('while the holder runs, a second one is told who it is', async () => {
  await writeFile(file, JSON.stringify({ pid: process.ppid, apiPort: 8080 }));
  await expect(takeDevLock(file, 8081)).rejects.toThrow(`process ${process.ppid}, API on port 8080`);
});

test.each(['', '{"pid":999999999,"apiPort":1}', 'nonsense'])(
  'a lock left behind (%s) is taken over, and given back',
  async (left) => {
    if (left) await writeFile(file, left);
    {
      await using _lock = await takeDevLock(file, 8080);
      expect(existsSync(file)).toBe(true);
    }
    expect(existsSync(file)).toBe(false);
  },
);
