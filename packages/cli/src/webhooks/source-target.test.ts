import { expect, test } from 'vitest';
import type { FlagValues } from '../command/command.ts';
import { SOURCE_TARGET_FLAGS, sourceTargetFrom } from './source-target.ts';

type Values = FlagValues<typeof SOURCE_TARGET_FLAGS>;
const NONE = Object.fromEntries(Object.keys(SOURCE_TARGET_FLAGS).map((name) => [name, undefined])) as Values;
const lis = 'https://lms.example/lis';

test.each<{ name: string; flags: Partial<Values>; maximum?: number; target: unknown }>([
  { name: 'left to the sender', flags: {}, target: undefined },
  { name: 'one column', flags: { 'launch-id': 'la' }, target: { launchId: 'la' } },
  {
    name: 'one column, created',
    flags: { 'line-items': lis, 'resource-id': 'r', create: true, label: 'Lab 1' },
    maximum: 5,
    target: { lineItemsUrl: lis, resourceId: 'r', create: { label: 'Lab 1', scoreMaximum: 5 } },
  },
  {
    name: 'a column each',
    flags: { 'line-items': lis, 'per-assignment': true, tag: 't' },
    target: { lineItemsUrl: lis, perAssignment: true, tag: 't' },
  },
  {
    name: 'a column each, created with the maximum of its grades',
    flags: { 'launch-id': 'la', 'per-assignment': true, create: true },
    maximum: 5,
    target: { launchId: 'la', perAssignment: true, create: {} },
  },
])('$name', ({ flags, maximum, target }) => {
  expect(sourceTargetFrom({ ...NONE, ...flags }, maximum)).toEqual(target);
});

test.each<{ flags: Partial<Values>; says: RegExp }>([
  { flags: { 'line-item': 'https://x/1' }, says: /drop --line-item$/ },
  { flags: { 'line-items': lis, 'resource-id': 'r' }, says: /drop --resource-id/ },
  { flags: { 'launch-id': 'la', label: 'Lab' }, says: /drop --label/ },
  { flags: { 'launch-id': 'la', 'line-items': lis }, says: /either --line-items or --launch-id/ },
  { flags: {}, says: /either --line-items or --launch-id/ },
])('a column each is refused with $flags', ({ flags, says }) => {
  expect(() => sourceTargetFrom({ ...NONE, ...flags, 'per-assignment': true }, undefined)).toThrow(says);
});

test.each<Partial<Values>>([{ create: true }, { label: 'Lab 1' }, { tag: 't' }, { 'resource-id': 'r' }])(
  '%o alone says no column and is refused',
  (flags) => {
    expect(() => sourceTargetFrom({ ...NONE, ...flags }, 5)).toThrow(/needs --line-items or --launch-id/);
  },
);
