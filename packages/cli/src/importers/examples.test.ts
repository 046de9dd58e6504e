import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findFiles } from './find-files.ts';
import { mergeImported } from './imported-score.ts';
import { prepareScores } from './prepare.ts';
import { readImportFile } from './read-file.ts';

const examples = fileURLToPath(new URL('../../../../examples/', import.meta.url));
const target = { lineItemUrl: 'http://127.0.0.1/li/1' };

async function importExample(path: string, scoreMaximum?: number) {
  const files = await findFiles([`${examples}${path}`]);
  const parts = await Promise.all(
    files.map((file) => readImportFile(file, scoreMaximum ? { scoreMaximum } : {})),
  );
  return prepareScores(mergeImported(parts), { platformId: 'sandbox', targetFor: () => target });
}

const students = Array.from({ length: 30 }, (_, index) => `student-${String(index + 1).padStart(2, '0')}`);

test('the Gradescope class: 30 students, from nothing to more than everything', async () => {
  const { ready, problems } = await importExample('gradescope', 100);
  expect(problems).toEqual([]);
  expect(ready.map(({ score }) => score.userId)).toEqual(students);
  const grades = ready.map(({ score }) => score.scoreGiven ?? Number.NaN);
  expect(Math.min(...grades)).toBe(0);
  expect(Math.max(...grades)).toBe(105);
  expect(grades).toContain(100);
  expect(new Set(ready.map(({ score }) => score.scoreMaximum))).toEqual(new Set([100]));
  const comments = ready.map(({ score }) => score.comment ?? '').join('\n');
  expect(comments).not.toMatch(/random operations|valgrind|style|definitely lost|seed \d/);
});

test('the nbgrader class: the same 30 students', async () => {
  const { ready, problems } = await importExample('nbgrader/grades.csv');
  expect(problems).toEqual([]);
  expect(ready.map(({ score }) => score.userId)).toEqual(students);
  expect(new Set(ready.map(({ assignment }) => assignment))).toEqual(new Set(['ps2-regression']));
});
