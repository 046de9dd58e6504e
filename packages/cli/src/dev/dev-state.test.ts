import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadDevState, saveDevState } from './dev-state.ts';

const DAY = 24 * 60 * 60 * 1000;
const now = Date.parse('2026-03-10T12:00:00Z');
let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradewire-state-'));
  file = join(folder, 'deep', 'dev.json');
});
afterEach(() => rm(folder, { recursive: true }));

test('the first start makes secrets that the services take, each its own', async () => {
  const [one, other] = [await loadDevState(file, now), await loadDevState(file, now)];
  expect(one.adminKey.length).toBeGreaterThanOrEqual(32);
  expect(Buffer.from(one.encryptionKey, 'base64')).toHaveLength(32);
  expect(one.adminKey).not.toBe(other.adminKey);
  expect(one.sampleGradedAt).toBe('2026-03-10T12:00:00.000Z');
});

test('later starts go on with them, and only their owner can read the file', async () => {
  const state = await loadDevState(file, now);
  await saveDevState(file, state);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await loadDevState(file, now + 3 * DAY)).toEqual(state);
});

test('sample grades so old that they would be refused are given anew', async () => {
  await saveDevState(file, await loadDevState(file, now));
  const later = await loadDevState(file, now + 300 * DAY);
  expect(Date.parse(later.sampleGradedAt)).toBe(now + 300 * DAY);
});

test.each(['', '{', '{}', '{"adminKey":"a","encryptionKey":"b","ports":{"metrics":1}}'])(
  'a damaged file (%s) is named and left alone',
  async (text) => {
    const damaged = join(folder, 'dev.json');
    await writeFile(damaged, text);
    await expect(loadDevState(damaged, now)).rejects.toThrow(`${damaged} is damaged`);
    expect(await readFile(damaged, 'utf8')).toBe(text);
  },
);
