import { describe, expect, it } from 'vitest';
import type { Launch } from './launch.ts';
import { hasMoved, type LaunchPlace, placeOf } from './launch-place.ts';
import type { LaunchTarget } from './target.ts';

const item = 'https://lms.example/items/7';
const list = 'https://lms.example/items';
const create = { label: 'Lab 3', scoreMaximum: 10 };

function launch(change: { [K in keyof Launch]?: Launch[K] | undefined }): Launch {
  const full = {
    id: 'la_a_x',
    platformId: 'a',
    contextId: 'c',
    resourceLinkId: 'L',
    scopes: [],
    updatedAt: 1,
  };
  const entries = Object.entries({ ...full, ...change }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as Launch;
}

const gradable = launch({ lineItemUrl: item, lineItemsUrl: list });
const navigation = launch({ lineItemsUrl: list });
const lookUp = (rest: object): LaunchPlace => ({
  kind: 'lookUp',
  target: { lineItemsUrl: list, resourceLinkId: 'L', ...rest },
});
const known: LaunchPlace = { kind: 'lineItem', lineItemUrl: item };
const nowhere = (reason: string) => ({ kind: 'nowhere', reason, detail: expect.any(String) });

describe('placeOf', () => {
  it.each<[string, Launch | undefined, Partial<LaunchTarget>, string | undefined, unknown]>([
    ['the line item of the launch', gradable, {}, undefined, known],
    ['the line item, and nothing is created', gradable, { create }, undefined, known],
    [
      'another one of the link',
      gradable,
      { resourceId: 'quiz' },
      undefined,
      lookUp({ resourceId: 'quiz', exact: true }),
    ],
    ['another one by tag', gradable, { tag: 'late' }, undefined, lookUp({ tag: 'late', exact: true })],
    ['a launch without a line item', navigation, {}, undefined, lookUp({})],
    ['one to be created', navigation, { create }, undefined, lookUp({ create })],
    [
      'one of several to be created',
      navigation,
      { resourceId: 'quiz', tag: 't', create },
      undefined,
      lookUp({ resourceId: 'quiz', tag: 't', create, exact: true }),
    ],
    ['the line item is gone', gradable, { create }, item, lookUp({ create })],
    ['the line item is gone, spelled otherwise', gradable, {}, 'HTTPS://LMS.example/items/7/', lookUp({})],
    ['another one is gone', gradable, {}, 'https://lms.example/items/6', known],
    ['gone, but nowhere to look', launch({ lineItemUrl: item }), {}, item, known],
    [
      'a launch of a course',
      launch({ lineItemsUrl: list, resourceLinkId: undefined }),
      {},
      undefined,
      nowhere('LINE_ITEM_NOT_FOUND'),
    ],
    [
      'a launch of a course, by resource',
      launch({ lineItemsUrl: list, resourceLinkId: undefined }),
      { resourceId: 'quiz' },
      undefined,
      { kind: 'lookUp', target: { lineItemsUrl: list, resourceId: 'quiz', exact: true } },
    ],
    [
      'another one, but nowhere to look',
      launch({ lineItemUrl: item }),
      { resourceId: 'q' },
      undefined,
      nowhere('LINE_ITEM_NOT_FOUND'),
    ],
    [
      'no grade service',
      launch({ membershipsUrl: list }),
      { create },
      undefined,
      nowhere('NO_GRADE_SERVICE'),
    ],
    ['no such launch', undefined, {}, undefined, nowhere('LINE_ITEM_NOT_FOUND')],
  ])('%s', (_, of, target, gone, expected) => {
    expect(placeOf(of, { launchId: 'la_a_x', ...target }, gone)).toEqual(expected);
  });
});

describe('hasMoved', () => {
  const school = { serviceOrigins: ['https://lms.example', 'https://school.example'] };
  it.each<[string, Launch | undefined, Partial<LaunchTarget>, string, boolean]>([
    ['the same line item', gradable, {}, item, false],
    ['spelled otherwise', gradable, {}, 'https://LMS.example/items/7/', false],
    ['another line item', gradable, {}, 'https://lms.example/items/6', true],
    ['told apart by the query', launch({ lineItemUrl: `${item}?type_id=1` }), {}, `${item}?type_id=2`, true],
    ['the same under another name of the platform', gradable, {}, 'https://school.example/items/7', false],
    ['a platform that moved', gradable, {}, 'https://old.example/items/7', true],
    [
      'a platform that moved, by resource',
      gradable,
      { resourceId: 'q' },
      'https://old.example/items/9',
      true,
    ],
    [
      'a column beside that of the launch',
      gradable,
      { resourceId: 'q' },
      'https://lms.example/items/9',
      false,
    ],
    ['a launch that names none', navigation, {}, 'https://lms.example/items/9', false],
    ['a launch that names nothing', launch({}), {}, 'https://old.example/items/9', false],
    ['no such launch', undefined, {}, item, false],
  ])('%s', (_, of, target, lineItemUrl, expected) => {
    expect(hasMoved(of, { launchId: 'la_a_x', ...target }, lineItemUrl, school)).toBe(expected);
  });
});
