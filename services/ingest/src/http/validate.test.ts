import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { invalid, validate } from './validate.ts';

const schema = z.strictObject({
  limit: z.string().regex(/^\d+$/, 'takes a number'),
  metadata: z.unknown().optional(),
});

describe('validate', () => {
  it('points into the body and names query parameters', () => {
    const wrong = { limit: 'x' };
    expect(() => validate(schema, wrong, 'body')).toThrow(
      expect.objectContaining({ code: 'INVALID', message: '/limit takes a number' }),
    );
    expect(() => validate(schema, wrong, 'query')).toThrow(
      expect.objectContaining({ message: '?limit takes a number' }),
    );
  });

  it('refuses what is nested without end before anything recurses into it', () => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(() => validate(schema, { limit: '1', metadata: deep }, 'body')).toThrow(/nested deeper than 64/);
  });
});

describe('invalid', () => {
  it('tells the first and how many more, and lists at most fifty', () => {
    const errors = Array.from({ length: 60 }, (_, i) => ({ pointer: `/${i}`, detail: 'is wrong' }));
    const problem = invalid(errors).toJSON();
    expect(problem.detail).toBe('/0 is wrong (and 59 more)');
    expect(problem.errors).toHaveLength(50);
  });
});
