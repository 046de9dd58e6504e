import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import * as autograders from './index.ts';

test('the example of the README runs', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n(.*?)```/s
    .exec(readme)?.[1]
    ?.replace(/import (\{.*?\}) from '@gradewire\/autograders';/s, 'const $1 = autograders;');
  const body = await readFile(
    new URL('../../../examples/gradescope-metadata/self-named.json', import.meta.url),
  );
  const lines: unknown[][] = [];
  const values = { autograders, body, console: { log: (...words: unknown[]) => lines.push(words) } };

  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  await new AsyncFunction(...Object.keys(values), code)(...Object.values(values));

  expect(lines).toEqual([[[{ email: 'camila.duarte@students.example.edu' }], 35, []], ['42']]);
});
