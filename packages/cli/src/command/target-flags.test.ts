import { expect, test } from 'vitest';
import type { FlagValues } from './command.ts';
import { TARGET_FLAGS, type TargetDefaults, targetFrom } from './target-flags.ts';

type Values = FlagValues<typeof TARGET_FLAGS>;
const NONE = Object.fromEntries(Object.keys(TARGET_FLAGS).map((name) => [name, undefined])) as Values;
const from = (flags: Partial<Values>, defaults?: TargetDefaults) =>
  targetFrom({ ...NONE, ...flags }, defaults);
const lis = 'https://lms.example/lis';

test.each<{ name: string; flags: Partial<Values>; defaults?: TargetDefaults; target: unknown }>([
  { name: 'nothing', flags: {}, target: undefined },
  { name: 'a line item', flags: { 'line-item': 'https://x/li' }, target: { lineItemUrl: 'https://x/li' } },
  {
    name: 'a resource',
    flags: { 'line-items': lis, 'resource-id': 'r' },
    target: { lineItemsUrl: lis, resourceId: 'r' },
  },
  {
    name: 'the assignment as resource',
    flags: { 'line-items': lis },
    defaults: { resourceId: 'ps1' },
    target: { lineItemsUrl: lis, resourceId: 'ps1' },
  },
  {
    name: 'a resource link goes before the assignment',
    flags: { 'line-items': lis, 'resource-link-id': 'l', tag: 't' },
    defaults: { resourceId: 'ps1' },
    target: { lineItemsUrl: lis, resourceLinkId: 'l', tag: 't' },
  },
  {
    name: 'created',
    flags: { 'line-items': lis, 'resource-id': 'r', create: true, label: 'Essay' },
    defaults: { scoreMaximum: 5 },
    target: { lineItemsUrl: lis, resourceId: 'r', create: { label: 'Essay', scoreMaximum: 5 } },
  },
  { name: 'a launch', flags: { 'launch-id': 'la' }, target: { launchId: 'la' } },
])('$name', ({ flags, defaults, target }) => {
  expect(from(flags, defaults)).toEqual(target);
});

test.each<{ flags: Partial<Values>; says: RegExp }>([
  { flags: { 'line-item': 'a', 'line-items': lis }, says: /two different columns/ },
  { flags: { 'line-items': lis }, says: /--resource-link-id or --resource-id/ },
  { flags: { 'launch-id': 'la', 'resource-link-id': 'l' }, says: /drop --resource-link-id/ },
  { flags: { 'line-items': lis, 'resource-id': 'r', create: true }, says: /--label/ },
  { flags: { 'line-items': lis, 'resource-id': 'r', create: true, label: 'x' }, says: /--score-maximum/ },
])('$flags is refused', ({ flags, says }) => {
  expect(() => from(flags)).toThrow(says);
});
