import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../config.ts';
import { PROFILES } from '../profiles.ts';
import { QUIRKS, withQuirks } from './quirks.ts';

describe('withQuirks', () => {
  test('several quirks add up, and leave the table that they start from alone', () => {
    const before = structuredClone(PROFILES.generic.scores.dropped ?? []);
    const changed = withQuirks(PROFILES.generic, { zeroScoreDropped: 'on', unknownUser: 'silent' });
    expect(changed.scores.dropped).toEqual(['zero', 'unknownUser']);
    expect(PROFILES.generic.scores.dropped ?? []).toEqual(before);
  });

  test('one that there is not is refused by name', () => {
    const wrong = { zeroScoreDropped: 'maybe' } as unknown as { zeroScoreDropped: 'on' };
    expect(() => withQuirks(PROFILES.generic, wrong)).toThrow('zeroScoreDropped=maybe');
  });
});

test('SIMULATOR_QUIRKS names quirks', () => {
  expect(readConfig({ SIMULATOR_QUIRKS: 'throttle=bare, unknownUser=404' })).toMatchObject({
    quirks: { throttle: 'bare', unknownUser: '404' },
  });
  expect(() => readConfig({ SIMULATOR_QUIRKS: 'unknownUser=500' })).toThrow('unknownUser=500');
});

test.each(Object.entries(QUIRKS))('the README lists %s with its values', async (name, { values }) => {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
  const row = readme.split('\n').findLast((line) => line.startsWith(`| \`${name}\``));
  for (const value of Object.keys(values)) expect(row).toContain(`\`${value}\``);
});
