import { parseCursor } from '@gradewire/passback/redis';
import { z } from 'zod';
import type { FieldProblem } from '../http/problem.ts';
import { PROBLEMS, type ProblemCode } from '../http/problem.ts';

const PLATFORM_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** A platform's id as part of a path. */
export const platformPath = z.object({
  platformId: z
    .string()
    .regex(PLATFORM_ID, 'must be 1 to 63 lower-case letters, digits and hyphens, not led by a hyphen')
    .meta({ description: 'A slug: lower-case letters, digits and dashes, at most 63.', example: 'moodle' }),
});

export const platformIdSchema = z
  .string()
  .regex(PLATFORM_ID, 'is not a platform id')
  .meta({ example: 'moodle' });

/** An id of ours as part of a path: whatever it looks like, it is found or not. */
export const idPath = <Name extends string>(name: Name) =>
  z.object({ [name]: z.string().min(1).max(200) } as Record<Name, z.ZodString>);

export const instant = z.string().meta({ format: 'date-time', example: '2027-01-31T12:00:00.000Z' });

/** A query parameter that is a time with a zone, as milliseconds. */
export const instantQuery = z.iso
  .datetime({ offset: true, error: 'takes an RFC 3339 time with a zone' })
  .transform((text) => Date.parse(text))
  .meta({ example: '2027-01-31T12:00:00Z' });

const BAD_CURSOR = 'is not a nextCursor of this list';

const cursorOf = <T extends z.ZodType>(cursor: T) =>
  cursor.optional().meta({ description: 'The nextCursor of the page before.' });

/** `cursor` and `limit`, as every list takes them. */
export const pageQuery = {
  cursor: cursorOf(
    z
      .string()
      .max(500, BAD_CURSOR)
      .refine((text) => parseCursor(text) !== undefined, BAD_CURSOR),
  ),
  limit: z
    .string()
    .regex(/^([1-9]\d{0,2}|1000)$/, 'takes a number from 1 to 1000')
    .default('100')
    .transform(Number)
    .meta({ description: 'Most entries on a page, 1 to 1000.' }),
};

/** `pageQuery` of a list by platform, whose cursors are platform ids. */
export const platformPageQuery = {
  ...pageQuery,
  cursor: cursorOf(z.string().regex(PLATFORM_ID, BAD_CURSOR)),
};

/** One page of a list. Without `nextCursor` it was the last. */
export const pageOf = <T extends z.ZodType>(entry: T) =>
  z.object({
    data: z.array(entry),
    nextCursor: z.string().optional().meta({ description: 'Absent on the last page. A page may be short.' }),
  });

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
    detail: z.string(),
    errors: z.array(
      z.object({
        pointer: z
          .string()
          .meta({ description: '/field in the body, ?name in the query, or the name of a header.' }),
        detail: z.string(),
      }) satisfies z.ZodType<FieldProblem>,
    ),
    reason: z
      .string()
      .optional()
      .meta({ description: 'Why a platform refused: one of the reasons of dead letters.' }),
    hint: z.string().optional(),
    retryable: z.boolean(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' });
