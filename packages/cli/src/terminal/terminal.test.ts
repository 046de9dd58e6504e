import { expect, test } from 'vitest';
import { createTerminal } from './terminal.ts';

function written(text: string): string {
  let all = '';
  createTerminal({ write: (part) => (all += part) }, {}).line(text);
  return all;
}

test.each([
  ['sets the title of the window', '\u001b]0;owned\u0007Ada', ']0;ownedAda\n'],
  ['goes back and writes over what was there', 'dead\r\u001b[2Kdelivered', 'dead[2Kdelivered\n'],
  ['does so in the C1 set', '\u009b2JAda', '2JAda\n'],
])('a name that %s is shown for what it is', (_, name, shown) => {
  expect(written(name)).toBe(shown);
});

test('colours, tabs and line breaks get through', () => {
  const text = '\u001b[1;31mdead\u001b[0m\tLefèvre\n  next';
  expect(written(text)).toBe(`${text}\n`);
});
