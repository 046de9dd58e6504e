import { describe, expect, it } from 'vitest';
import { launchIdOf, platformOfLaunch } from './launch.ts';
import { newScoreId } from './redis/score-id.ts';

describe('launchIdOf', () => {
  it('is the same for the same link, and names its platform', () => {
    const id = launchIdOf('north-moodle', 'course-7', 'link-9');
    expect(id).toMatch(/^la_north-moodle_[\w-]{22}$/);
    expect(launchIdOf('north-moodle', 'course-7', 'link-9')).toBe(id);
    expect(platformOfLaunch(id)).toBe('north-moodle');
  });

  it('is another for another link, course or platform', () => {
    const ids = [
      launchIdOf('a', 'c', 'l'),
      launchIdOf('b', 'c', 'l'),
      launchIdOf('a', 'd', 'l'),
      launchIdOf('a', 'c', 'm'),
      launchIdOf('a', 'c', undefined),
      launchIdOf('a', undefined, 'l'),
      launchIdOf('a', undefined, 'c'),
      // Names that run into each other when joined.
      launchIdOf('a', 'c","l', undefined),
      launchIdOf('a', '', 'cl'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('platformOfLaunch', () => {
  it.each([[''], ['la_'], ['la_a_short'], ['la_A_abcdefghijklmnopqrstuv'], [newScoreId('a', Date.now())]])(
    'knows that %s is no launch id',
    (text) => {
      expect(platformOfLaunch(text)).toBeUndefined();
    },
  );
});
