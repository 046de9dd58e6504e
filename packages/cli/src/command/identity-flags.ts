import type { Identity } from '@gradewire/sdk';
import type { Flags, FlagValues } from './command.ts';
import { UsageError } from './errors.ts';

/** The flags that say how a sender knows a student. */
export const IDENTITY_FLAGS = {
  github: { value: 'LOGIN', help: 'the login at GitHub' },
  email: { value: 'ADDRESS', help: 'the e-mail address that senders name' },
  'sourced-id': { value: 'ID', help: "the school's own id" },
  name: { value: 'NAME', help: 'the name in full' },
  'sender-id': { value: 'ID', help: "an id of the sender's own" },
} as const satisfies Flags;

/** The identity that the flags name. @throws UsageError unless it is exactly one */
export function identityFrom(flags: FlagValues<typeof IDENTITY_FLAGS>): Identity {
  const { github, email, 'sourced-id': sourcedId, name, 'sender-id': senderId } = flags;
  const [identity, ...others] = [
    ...(github === undefined ? [] : [{ github }]),
    ...(email === undefined ? [] : [{ email }]),
    ...(sourcedId === undefined ? [] : [{ sourcedId }]),
    ...(name === undefined ? [] : [{ name }]),
    ...(senderId === undefined ? [] : [{ senderId }]),
  ];
  if (identity && others.length === 0) return identity;
  throw new UsageError('which identity? Give one of --github, --email, --sourced-id, --name and --sender-id');
}
