import { SCOPES } from '@gradewire/ags';
import { expect, test } from 'vitest';
import { scopeSets } from './token-scopes.ts';

const { score, lineItem, lineItemReadonly, resultReadonly } = SCOPES;
const all = [lineItem, lineItemReadonly, resultReadonly, score];

test.each([
  ['a post', [score], [all, [score]]],
  ['creating', [lineItem, lineItemReadonly], [all, [lineItem, lineItemReadonly, score], [score]]],
  ['looking up', [lineItemReadonly], [all, [lineItemReadonly, score], [score]]],
  ['reading results', [resultReadonly], [all, [resultReadonly, score], [score]]],
  ['all of it, in any order', [...all].reverse(), [all, [score]]],
])('%s: one token for everything, else less and less', (_name, needed, expected) => {
  expect(scopeSets(needed)).toEqual(expected);
});
