import type { Grade } from '@gradewire/autograders';
import type { WebhookSource } from '@gradewire/passback';
import { describe, expect, it } from 'vitest';
import { completeGrade } from './complete-grade.ts';

const receivedAtMs = Date.parse('2026-11-20T10:00:00Z');
const column = { lineItemUrl: 'https://a.example/lineitems/1' };
const perAssignment = { launchId: 'la', perAssignment: true as const };

function grade(change: Partial<Grade> = {}): Grade {
  return { index: 0, identities: [{ github: 'ada' }], fields: { scoreGiven: 1, scoreMaximum: 2 }, ...change };
}

function complete(given: Partial<Grade>, source: Partial<WebhookSource> = {}) {
  return completeGrade(
    grade(given),
    { platformId: 'a', target: column, defaults: {}, ...source },
    receivedAtMs,
  );
}

describe('completeGrade', () => {
  it.each<[string, Partial<Grade>, Partial<WebhookSource>, object]>([
    [
      'platform, target and time of the delivery',
      {},
      {},
      { platformId: 'a', target: column, timestamp: '2026-11-20T10:00:00.000Z' },
    ],
    ['the user id that it names', { userId: '7' }, {}, { userId: '7' }],
    ['the timestamp of the document', { fields: { timestamp: 't' } }, {}, { timestamp: 't' }],
    [
      'the target of the document',
      { fields: { target: { launchId: 'own' } } },
      { target: perAssignment },
      { target: { launchId: 'own' } },
    ],
    ['the platform said again', { fields: { platformId: 'a' } }, {}, { platformId: 'a' }],
    [
      'defaults where nothing is said',
      { fields: { scoreGiven: 1, scoreMaximum: undefined, comment: 'own' } },
      { defaults: { scoreMaximum: 10, activityProgress: 'Submitted' } },
      { scoreMaximum: 10, activityProgress: 'Submitted', comment: 'own' },
    ],
    [
      'no default where something is said',
      { fields: { scoreMaximum: 4, metadata: { own: 1 } } },
      { defaults: { scoreMaximum: 10, metadata: { other: 2 } } },
      { scoreMaximum: 4, metadata: { own: 1 } },
    ],
    [
      'the column of its assignment',
      { assignment: 'Lab 1' },
      { target: { ...perAssignment, tag: 't' } },
      { target: { launchId: 'la', tag: 't', resourceId: 'Lab 1' } },
    ],
    [
      'a column to create, of the points that are the default',
      { assignment: 'Lab 1', fields: { scoreGiven: 1 } },
      { target: { ...perAssignment, create: {} }, defaults: { scoreMaximum: 10 } },
      {
        target: {
          launchId: 'la',
          resourceId: 'Lab 1',
          create: { label: 'Lab 1', scoreMaximum: 10 },
        },
      },
    ],
  ])('takes %s', (_, given, source, expected) => {
    const completed = complete(given, source);
    expect(completed.ok && completed.input).toMatchObject(expected);
  });

  it.each<[string, Partial<Grade>, Partial<WebhookSource>, string]>([
    ['another platform', { fields: { platformId: 'b' } }, {}, 'INVALID_SCORE'],
    ['a platform that is no text', { fields: { platformId: null } }, {}, 'INVALID_SCORE'],
    ['nobody', { identities: [] }, {}, 'NO_STUDENT'],
    ['no column', {}, { target: undefined as never }, 'NO_TARGET'],
    ['no assignment where each has its column', {}, { target: perAssignment }, 'NO_ASSIGNMENT'],
  ])('says what is in the way: %s', (_, given, source, reason) => {
    const completed = complete(given, source);
    expect(completed.ok ? undefined : completed.why.reason).toBe(reason);
  });
});
