import type { CourseQuery } from '@gradewire/sdk';
import type { Flags, FlagValues } from './command.ts';
import { UsageError } from './errors.ts';

/** The flags that say which course's columns are meant. */
export const COURSE_FLAGS = {
  platform: { value: 'ID', help: 'the platform', required: true },
  'line-items': { value: 'URL', help: "the course's line items URL" },
  'launch-id': { value: 'ID', help: 'or a recorded launch in the course' },
} as const satisfies Flags;

/** The course that the flags name. Throws {@link UsageError} when they name none, or two. */
export function courseFrom(flags: FlagValues<typeof COURSE_FLAGS>): CourseQuery {
  const { platform: platformId, 'line-items': lineItemsUrl, 'launch-id': launchId } = flags;
  if (lineItemsUrl !== undefined && launchId === undefined) return { platformId, lineItemsUrl };
  if (launchId !== undefined && lineItemsUrl === undefined) return { platformId, launchId };
  throw new UsageError('give either --line-items or --launch-id');
}
