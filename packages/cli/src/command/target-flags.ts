import type { Target } from '@gradewire/sdk';
import type { Flags, FlagValues } from './command.ts';
import { UsageError } from './errors.ts';

/** The flags that say which gradebook column is meant. */
export const TARGET_FLAGS = {
  'line-item': { value: 'URL', help: 'the column, by its line item URL' },
  'line-items': { value: 'URL', help: "the course's line items URL; the column is then looked up by:" },
  'resource-link-id': { value: 'ID', help: '  the resource link it belongs to' },
  'resource-id': { value: 'ID', help: '  the resource it is for' },
  'launch-id': { value: 'ID', help: 'the column of a recorded launch' },
  tag: { value: 'TAG', help: 'only a column with this tag' },
  create: { help: 'create the column when the course has none (needs --label)' },
  label: { value: 'TEXT', help: 'title of a created column' },
} as const satisfies Flags;

type TargetFlagValues = FlagValues<typeof TARGET_FLAGS>;

/** What a file itself can say about its column. Flags go before it. */
export interface TargetDefaults {
  resourceId?: string;
  label?: string;
  scoreMaximum?: number;
}

/**
 * The column that the flags name, or undefined when they name none. Throws {@link UsageError} when they contradict each other
 * or do not suffice.
 */
export function targetFrom(flags: TargetFlagValues, defaults: TargetDefaults = {}): Target | undefined {
  const places = (['line-item', 'line-items', 'launch-id'] as const).filter(
    (name) => flags[name] !== undefined,
  );
  if (places.length > 1)
    throw new UsageError(`--${places[0]} and --${places[1]} name two different columns; give one`);

  const lookup = {
    ...optional('resourceLinkId', flags['resource-link-id']),
    ...optional(
      'resourceId',
      flags['resource-id'] ?? (flags['resource-link-id'] ? undefined : defaults.resourceId),
    ),
    ...optional('tag', flags.tag),
  };
  if (flags['line-item'] !== undefined) return { lineItemUrl: flags['line-item'] };
  if (flags['launch-id'] !== undefined) {
    if (lookup.resourceLinkId)
      throw new UsageError('--launch-id already stands for a resource link; drop --resource-link-id');
    return { launchId: flags['launch-id'], ...lookup, ...createFrom(flags, defaults) };
  }
  if (flags['line-items'] === undefined) return undefined;
  if (!('resourceLinkId' in lookup || 'resourceId' in lookup)) {
    throw new UsageError('--line-items needs --resource-link-id or --resource-id to know which column');
  }
  return { lineItemsUrl: flags['line-items'], ...lookup, ...createFrom(flags, defaults) };
}

function createFrom(flags: TargetFlagValues, defaults: TargetDefaults) {
  if (!flags.create) return {};
  const label = flags.label ?? defaults.label;
  if (label === undefined) throw new UsageError('--create needs --label');
  if (defaults.scoreMaximum === undefined)
    throw new UsageError('--create needs the maximum of the column: --score-maximum');
  return { create: { label, scoreMaximum: defaults.scoreMaximum } };
}

function optional<K extends string>(name: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]?: string });
}
