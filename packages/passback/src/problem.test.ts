import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseInput, pointerTo } from './problem.ts';

const schema = z.strictObject({
  name: z.string(),
  where: z.union(
    [z.strictObject({ url: z.url() }), z.strictObject({ id: z.string(), tag: z.string().optional() })],
    {
      error: 'must have url or id',
    },
  ),
});

describe('parseInput', () => {
  it.each<[string, unknown, object[]]>([
    ['a member that is not there', { where: { id: 'x' } }, [{ pointer: '/name', detail: 'is required' }]],
    [
      'unknown members, each',
      { name: 'x', where: { id: 'x' }, a: 1, 'b/c': 2 },
      [
        { pointer: '/a', detail: 'is not a known member' },
        { pointer: '/b~1c', detail: 'is not a known member' },
      ],
    ],
    [
      'the branch meant, by its member',
      { name: 'x', where: { url: 5 } },
      [{ pointer: '/where/url', detail: 'Invalid input: expected string, received number' }],
    ],
    [
      'the branch meant, with much wrong',
      { name: 'x', where: { id: 5, tag: 6 } },
      [
        { pointer: '/where/id', detail: 'Invalid input: expected string, received number' },
        { pointer: '/where/tag', detail: 'Invalid input: expected string, received number' },
      ],
    ],
    ['no branch meant', { name: 'x', where: {} }, [{ pointer: '/where', detail: 'must have url or id' }]],
    ['no object', 'x', [{ pointer: '', detail: 'Invalid input: expected object, received string' }]],
  ])('tells of %s', (_name, input, problems) => {
    expect(parseInput(schema, input)).toEqual({ ok: false, problems });
  });

  it('gives the value', () => {
    const value = { name: 'x', where: { id: 'y' } };
    expect(parseInput(schema, value)).toEqual({ ok: true, value });
  });
});

describe('pointerTo', () => {
  it.each([
    [[], ''],
    [['scores', 3, 'userId'], '/scores/3/userId'],
    [['a/b', 'c~d'], '/a~1b/c~0d'],
  ])('%j: %s', (path, pointer) => {
    expect(pointerTo(path)).toBe(pointer);
  });
});
