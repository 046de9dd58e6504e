import { describe, expect, it } from 'vitest';
import { lineItemView } from './line-item-view.ts';

const id = 'https://lms.example/1';

describe('lineItemView', () => {
  it('leaves out what says nothing, and keeps what only the platform knows', () => {
    const item = {
      id,
      label: 'Lab',
      scoreMaximum: 10,
      resourceId: '',
      tag: 't',
      endDateTime: 'e',
      gradesReleased: false,
      ltiLinkId: '7',
    };
    expect(lineItemView(item, { created: false, delivered: 0 })).toEqual({
      lineItemUrl: id,
      label: 'Lab',
      scoreMaximum: 10,
      tag: 't',
      endDateTime: 'e',
      gradesReleased: false,
      vendorMembers: { ltiLinkId: '7' },
      created: false,
      delivered: 0,
    });
  });

  it.each([
    [{ label: 'Lab', scoreMaximum: 10 }, undefined],
    [{ label: 'Lab 3', scoreMaximum: 10 }, { label: 'Lab 3' }],
    [
      { label: 'Lab 3', scoreMaximum: 20 },
      { label: 'Lab 3', scoreMaximum: 20 },
    ],
    [{}, undefined],
  ])('known as %j: drift %j', (known, drift) => {
    const item = { id, label: 'Lab', scoreMaximum: 10 };
    expect(lineItemView(item, { created: true, delivered: 2, ...known }).drift).toEqual(drift);
  });
});
