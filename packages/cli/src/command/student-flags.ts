import type { UserSelector } from '@gradewire/sdk';
import type { Flags, FlagValues } from './command.ts';
import { UsageError } from './errors.ts';

/** The flags that say which student is meant. */
export const STUDENT_FLAGS = {
  user: { value: 'ID', help: "the student's LTI user id; or else, with --launch-id:" },
  email: { value: 'ADDRESS', help: '  the e-mail address in the roster of the course' },
  'sourced-id': { value: 'ID', help: "  the school's own id" },
  name: { value: 'NAME', help: '  the name in full' },
} as const satisfies Flags;

/** The student that the flags name: by id, or by what the roster knows. @throws UsageError unless it is exactly one */
export function studentFrom(
  flags: FlagValues<typeof STUDENT_FLAGS>,
): { userId: string } | { user: UserSelector } {
  const { user, email, 'sourced-id': sourcedId, name } = flags;
  const [student, ...others] = [
    ...(user === undefined ? [] : [{ userId: user }]),
    ...(email === undefined ? [] : [{ user: { email } }]),
    ...(sourcedId === undefined ? [] : [{ user: { sourcedId } }]),
    ...(name === undefined ? [] : [{ user: { name } }]),
  ];
  if (student && others.length === 0) return student;
  throw new UsageError('which student? Give one of --user, --email, --sourced-id and --name');
}
