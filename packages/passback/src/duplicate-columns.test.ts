import type { LineItem } from '@gradewire/ags';
import { describe, expect, it } from 'vitest';
import { findDuplicates } from './duplicate-columns.ts';

const item = (name: string, key: Partial<LineItem>): LineItem => ({
  id: `https://lms.example/${name}`,
  label: name,
  scoreMaximum: 1,
  ...key,
});

/** What was found, as `by key: names`. */
function found(...items: LineItem[]): string[] {
  return findDuplicates(items).map(({ by, resourceId, tag, resourceLinkId, lineItems }) => {
    const key = [resourceId, tag, resourceLinkId].filter((part) => part !== undefined).join('+');
    return `${by} ${key}: ${lineItems.map(({ label }) => label).join(' ')}`;
  });
}

describe('findDuplicates', () => {
  it.each<[string, LineItem[], string[]]>([
    ['nothing', [], []],
    ['columns of no resource', [item('a', {}), item('b', { resourceId: '', tag: '' })], []],
    ['other resources', [item('a', { resourceId: 'r' }), item('b', { resourceId: 's' })], []],
    [
      'one resource',
      [item('a', { resourceId: 'r' }), item('b', { resourceId: 'r', tag: '' })],
      ['resourceId r: a b'],
    ],
    ['other tags', [item('a', { resourceId: 'r', tag: 't' }), item('b', { resourceId: 'r' })], []],
    [
      'one resource and tag, on different links',
      [
        item('a', { resourceId: 'r', tag: 't', resourceLinkId: 'l' }),
        item('b', { resourceId: 'r', tag: 't' }),
      ],
      ['resourceId r+t: a b'],
    ],
    [
      'a link whose own column says nothing of the resource',
      [item('a', { resourceLinkId: 'l' }), item('b', { resourceLinkId: 'l', resourceId: 'r' })],
      ['resourceLinkId l: a b'],
    ],
    [
      'several on a link, meant to be several',
      [
        item('a', { resourceLinkId: 'l', resourceId: 'r' }),
        item('b', { resourceLinkId: 'l', resourceId: 's' }),
      ],
      [],
    ],
    [
      'the same ones by link and resource are told once',
      [
        item('a', { resourceLinkId: 'l', resourceId: 'r' }),
        item('b', { resourceLinkId: 'l', resourceId: 'r' }),
      ],
      ['resourceId r: a b'],
    ],
    [
      'more by link than by resource',
      [
        item('a', { resourceLinkId: 'l' }),
        item('b', { resourceLinkId: 'l', resourceId: 'r' }),
        item('c', { resourceLinkId: 'l', resourceId: 'r' }),
      ],
      ['resourceId r: b c', 'resourceLinkId l: a b c'],
    ],
  ])('%s', (_, items, expected) => {
    expect(found(...items)).toEqual(expected);
  });
});
