import { describe, expect, it } from 'vitest';
import type { LineItemsTarget } from '../target.ts';
import { newLineItemFor, startsOnLink, tooManyPoints } from './line-item-creation.ts';

const lineItemsUrl = 'https://lms.example/lineitems';
const create = { label: 'Lab 3', scoreMaximum: 10 };
const targetOf = (rest: Partial<LineItemsTarget>): LineItemsTarget => ({ lineItemsUrl, ...rest });

describe('startsOnLink', () => {
  it.each([
    ['a link of any form', 'generic', 'abc', true],
    ['Moodle: a number', 'moodle', '31', true],
    ['Moodle 4.5.6 recorded: "abc" is answered like an outage', 'moodle', 'abc', false],
    ['Moodle 4.5.6 recorded: so is a number of 20 digits', 'moodle', '1'.repeat(20), false],
    ['Blackboard: links cannot be set', 'blackboard', '31', false],
    ['no link', 'generic', undefined, false],
  ] as const)('%s', (_name, profile, resourceLinkId, expected) => {
    expect(startsOnLink(targetOf({ ...(resourceLinkId && { resourceLinkId }) }), profile)).toBe(expected);
  });
});

describe('newLineItemFor', () => {
  it('gives the link as resourceId where there is none', () => {
    const target = targetOf({ resourceLinkId: '31' });
    expect(newLineItemFor(target, create, { profile: 'generic', onLink: false })).toEqual({
      ...create,
      resourceId: '31',
    });
    const both = targetOf({ resourceLinkId: '31', resourceId: 'lab', tag: 't' });
    expect(newLineItemFor(both, create, { profile: 'generic', onLink: true })).toEqual({
      ...create,
      resourceLinkId: '31',
      resourceId: 'lab',
      tag: 't',
    });
  });

  it('sends extensions to their vendor only', () => {
    const type = 'https://canvas.instructure.com/lti/submission_type';
    const extended = { ...create, extensions: { [type]: { type: 'none' } } };
    const target = targetOf({ resourceId: 'lab' });
    expect(newLineItemFor(target, extended, { profile: 'canvas', onLink: true })).toHaveProperty([type]);
    expect(newLineItemFor(target, extended, { profile: 'schoology', onLink: true })).toEqual({
      ...create,
      resourceId: 'lab',
    });
  });
});

describe('tooManyPoints', () => {
  it.each([
    ['Moodle 4.5.6 recorded: ten million is answered like an outage', 'moodle', 10_000_000, true],
    ['Moodle: numeric(10,5)', 'moodle', 100_000, true],
    ['Moodle: what fits', 'moodle', 99_999, false],
    ['elsewhere', 'generic', 10_000_000, false],
  ] as const)('%s', (_name, profile, scoreMaximum, expected) => {
    expect(tooManyPoints({ label: 'Lab 3', scoreMaximum }, profile)).toBe(expected);
  });
});
