import { describe, expect, it } from 'vitest';
import { launchIdOf } from './launch.ts';
import {
  checkLaunchOrigins,
  checkLaunchPlace,
  checkLaunchServices,
  type LaunchClaims,
  launchClaimsSchema,
  launchNewsOf,
} from './launch-claims.ts';
import { parseInput } from './problem.ts';

const NOW = 1_800_000_000_000;
const LTI = 'https://purl.imsglobal.org/spec/lti/claim';
const AGS = 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint';
const NRPS = 'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice';
const score = 'https://purl.imsglobal.org/spec/lti-ags/scope/score';

/** As Canvas writes them: nulls for what it does not know, and members of its own in every claim. */
const canvas = {
  iss: 'https://canvas.instructure.com',
  aud: '170000000000231',
  azp: '170000000000231',
  iat: 1_799_999_990,
  errors: { errors: {} },
  [`${LTI}/message_type`]: 'LtiResourceLinkRequest',
  [`${LTI}/deployment_id`]: '212:c0a81f',
  [`${LTI}/resource_link`]: { id: 'link-9', title: 'Lab 3', description: null, errors: { errors: {} } },
  [`${LTI}/context`]: { id: 'course-7', label: 'CS 1', title: 'Computing', validation_context: null },
  [AGS]: {
    scope: [score],
    lineitems: 'https://canvas.example/api/lti/courses/1/line_items',
    lineitem: null,
    validation_context: null,
  },
  [NRPS]: {
    context_memberships_url: 'https://canvas.example/api/lti/courses/1/names_and_roles',
    service_versions: ['2.0'],
    errors: { errors: {} },
  },
};

function read(claims: unknown): LaunchClaims {
  const parsed = parseInput(launchClaimsSchema, claims);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

const pointersOf = (claims: unknown) => {
  const parsed = parseInput(launchClaimsSchema, claims);
  return parsed.ok ? [] : parsed.problems.map(({ pointer }) => pointer);
};

describe('launchClaimsSchema', () => {
  it('takes a whole launch', () => {
    expect(pointersOf(canvas)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['an address that is none', { [AGS]: { lineitem: '/items/7' } }, '/lti-ags~1claim~1endpoint/lineitem'],
    [
      'an address of another kind',
      { [AGS]: { lineitems: 'ftp://lms.example' } },
      '/lti-ags~1claim~1endpoint/lineitems',
    ],
    ['an id that is a number', { [`${LTI}/context`]: { id: 7 } }, '/lti~1claim~1context/id'],
    ['an empty id', { [`${LTI}/resource_link`]: { id: '' } }, '/lti~1claim~1resource_link/id'],
    ['a scope in words', { [AGS]: { scope: score } }, '/lti-ags~1claim~1endpoint/scope'],
    ['no end of scopes', { [AGS]: { scope: Array(101).fill(score) } }, '/lti-ags~1claim~1endpoint/scope'],
    ['an endless scope', { [AGS]: { scope: ['x'.repeat(513)] } }, '/lti-ags~1claim~1endpoint/scope/0'],
    ['a claim that is a list', { [NRPS]: [] }, '/lti-nrps~1claim~1namesroleservice'],
  ])('names %s', (_, change, pointer) => {
    const [found] = pointersOf({ ...canvas, ...change });
    expect(found).toBe(pointer.replace('/', '/https:~1~1purl.imsglobal.org~1spec~1'));
  });
});

describe('checkLaunchPlace', () => {
  it.each<[string, object, number]>([
    ['a launch of a link', {}, 0],
    ['a course without a link', { [`${LTI}/resource_link`]: undefined }, 0],
    ['a link without a course', { [`${LTI}/context`]: undefined }, 0],
    ['neither', { [`${LTI}/resource_link`]: null, [`${LTI}/context`]: {} }, 1],
  ])('%s', (_, change, count) => {
    expect(checkLaunchPlace(read({ ...canvas, ...change }))).toHaveLength(count);
  });
});

describe('checkLaunchServices', () => {
  it.each<[string, object, number]>([
    ['grades and roster', {}, 0],
    ['a roster alone', { [AGS]: undefined }, 0],
    ['grades alone', { [NRPS]: undefined }, 0],
    ['neither', { [AGS]: { scope: [score] }, [NRPS]: undefined }, 1],
  ])('%s', (_, change, count) => {
    expect(checkLaunchServices(read({ ...canvas, ...change }))).toHaveLength(count);
  });
});

describe('checkLaunchOrigins', () => {
  it('names every address that is elsewhere', () => {
    const elsewhere = { serviceOrigins: ['https://other.example'] };
    const found = checkLaunchOrigins(read(canvas), elsewhere).map(({ pointer }) =>
      pointer.replace(/.*~1/, ''),
    );
    expect(found).toEqual(['endpoint/lineitems', 'namesroleservice/context_memberships_url']);
    expect(checkLaunchOrigins(read(canvas), { serviceOrigins: ['https://canvas.example'] })).toEqual([]);
  });
});

describe('launchNewsOf', () => {
  it('keeps what grades and rosters need, and nothing of the person', () => {
    expect(
      launchNewsOf('canvas', read({ ...canvas, sub: '42', name: 'Ann', email: 'a@x.example' }), NOW),
    ).toEqual({
      id: launchIdOf('canvas', 'course-7', 'link-9'),
      platformId: 'canvas',
      contextId: 'course-7',
      resourceLinkId: 'link-9',
      lineItemsUrl: canvas[AGS].lineitems,
      membershipsUrl: canvas[NRPS].context_memberships_url,
      scopes: [score],
      title: 'Lab 3',
      updatedAt: 1_799_999_990_000,
    });
  });

  it('tells no scopes when the launch told none', () => {
    expect(launchNewsOf('canvas', read({ ...canvas, [AGS]: undefined }), NOW)).not.toHaveProperty('scopes');
  });

  it.each([
    ['its own', 1_700_000_000, 1_700_000_000_000],
    ['with a fraction', 1_700_000_000.5, 1_700_000_000_500],
    ['none', undefined, NOW],
    ['one ahead', 1_900_000_000, NOW],
    ['nonsense', -5, NOW],
  ])('the time of a launch that says %s', (_, iat, expected) => {
    expect(launchNewsOf('canvas', read({ ...canvas, iat }), NOW).updatedAt).toBe(expected);
  });

  it('a title is cut, and passed over when it is none', () => {
    const titled = (title: unknown) =>
      launchNewsOf('canvas', read({ ...canvas, [`${LTI}/resource_link`]: { id: 'l', title } }), NOW).title;
    expect(titled('x'.repeat(900))).toHaveLength(255);
    expect(titled(7)).toBeUndefined();
    expect(titled('')).toBeUndefined();
  });
});
