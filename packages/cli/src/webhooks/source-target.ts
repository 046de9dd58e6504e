import type { AssignmentTarget, Target } from '@gradewire/sdk';
import type { Flags, FlagValues } from '../command/command.ts';
import { UsageError } from '../command/errors.ts';
import { TARGET_FLAGS, targetFrom } from '../command/target-flags.ts';

/** The flags that say where the grades of a source go. */
export const SOURCE_TARGET_FLAGS = {
  ...TARGET_FLAGS,
  'per-assignment': {
    help: 'a column for each assignment, found and named by its name; with --line-items or --launch-id',
  },
} as const satisfies Flags;

type SourceTargetFlags = FlagValues<typeof SOURCE_TARGET_FLAGS>;

const OF_ONE_COLUMN = ['line-item', 'resource-link-id', 'resource-id', 'label'] as const;
const OF_NAMED_COLUMN = ['resource-link-id', 'resource-id', 'tag', 'create', 'label'] as const;

/** Where the grades go, or undefined when the flags leave that to the sender. @throws UsageError when they contradict each other */
export function sourceTargetFrom(
  flags: SourceTargetFlags,
  scoreMaximum: number | undefined,
): Target | AssignmentTarget | undefined {
  if (!flags['per-assignment']) return oneColumnFrom(flags, scoreMaximum);
  const other = OF_ONE_COLUMN.find((name) => flags[name] !== undefined);
  if (other) throw new UsageError(`--per-assignment means many columns; drop --${other}`);
  const { 'line-items': lineItemsUrl, 'launch-id': launchId, tag } = flags;
  if ((lineItemsUrl === undefined) === (launchId === undefined)) {
    throw new UsageError('--per-assignment needs either --line-items or --launch-id');
  }
  return {
    ...(lineItemsUrl === undefined ? { launchId: launchId! } : { lineItemsUrl }),
    perAssignment: true,
    ...(tag !== undefined && { tag }),
    ...(flags.create && { create: {} }),
  };
}

function oneColumnFrom(flags: SourceTargetFlags, scoreMaximum: number | undefined): Target | undefined {
  const target = targetFrom(flags, scoreMaximum === undefined ? {} : { scoreMaximum });
  const loose = target ? undefined : OF_NAMED_COLUMN.find((name) => flags[name] !== undefined);
  if (loose) throw new UsageError(`--${loose} needs --line-items or --launch-id, to know where`);
  return target;
}
