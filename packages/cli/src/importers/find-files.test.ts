import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findFiles, studentOf } from './find-files.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gradewire-find-'));
});
afterEach(() => rm(root, { recursive: true }));

async function put(...paths: string[]) {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), '{}');
  }
}

test('a folder gives everything that can hold scores, in the order of numbers', async () => {
  await put(
    's10/results.json',
    's2/results.json',
    's2/metadata.json',
    'ada.json',
    'g.csv',
    'x.jsonl',
    'y.txt',
    '.git/z.json',
  );
  const files = await findFiles([root]);
  expect(files.map((file) => relative(root, file))).toEqual([
    'ada.json',
    'g.csv',
    's2/results.json',
    's10/results.json',
    'x.jsonl',
  ]);
});

test('a file is taken by whatever name, and once', async () => {
  await put('grades.txt');
  const file = join(root, 'grades.txt');
  expect(await findFiles([file, file])).toEqual([file]);
});

test('what is missing or empty is said by its path', async () => {
  await expect(findFiles([join(root, 'nowhere')])).rejects.toThrow(/nowhere is not there/);
  await expect(findFiles([root])).rejects.toThrow(/nothing to import/);
});

test.each([
  { file: '/class/ada.json', student: 'ada' },
  { file: '/class/ada/results.json', student: 'ada' },
  { file: '/class/ada/results/results.json', student: 'ada' },
])('studentOf($file) is $student', ({ file, student }) => {
  expect(studentOf(file)).toBe(student);
});
