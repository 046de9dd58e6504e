import type { FindingCode } from '@gradewire/passback';
import type { ProfileName } from '@gradewire/platform-simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CheckBench, openCheckBench, platformId, type Site } from '../support/misconfigured.ts';

/** What each vendor's own words for the commonest mistakes come down to. */
const VENDORS: Record<
  ProfileName,
  Record<'audience' | 'client' | 'keys' | 'switchedOff' | 'course', FindingCode | undefined>
> = {
  canvas: {
    audience: 'AUDIENCE_REFUSED',
    client: 'SIGNATURE_REFUSED',
    keys: 'KEY_SET_UNREACHABLE',
    switchedOff: 'SCOPES_REFUSED',
    course: 'TOOL_NOT_IN_COURSE',
  },
  // Neither Moodle nor Open edX looks at the audience.
  moodle: {
    audience: undefined,
    client: 'CLIENT_UNKNOWN',
    keys: 'KEY_SET_UNREACHABLE',
    switchedOff: 'SCOPES_REFUSED',
    course: 'TOOL_NOT_IN_COURSE',
  },
  blackboard: {
    audience: 'AUDIENCE_REFUSED',
    client: 'CLIENT_UNKNOWN',
    keys: 'KEY_SET_UNREACHABLE',
    switchedOff: 'SCOPES_REFUSED',
    course: 'SERVICE_FORBIDDEN',
  },
  brightspace: {
    audience: 'AUDIENCE_REFUSED',
    client: 'CLIENT_UNKNOWN',
    keys: 'KEY_UNKNOWN',
    switchedOff: 'CLIENT_UNKNOWN',
    course: 'SERVICE_FORBIDDEN',
  },
  schoology: {
    audience: 'AUDIENCE_REFUSED',
    client: 'CLIENT_UNKNOWN',
    keys: 'KEY_SET_UNREACHABLE',
    switchedOff: 'SCOPES_REFUSED',
    course: 'SERVICE_FORBIDDEN',
  },
  sakai: {
    audience: 'AUDIENCE_REFUSED',
    client: 'CLIENT_UNKNOWN',
    keys: 'KEY_SET_UNREACHABLE',
    switchedOff: 'SCOPES_REFUSED',
    course: 'TOOL_NOT_IN_COURSE',
  },
  openedx: {
    audience: undefined,
    client: 'SIGNATURE_REFUSED',
    keys: 'KEY_SET_UNREACHABLE',
    switchedOff: 'REGISTRATION_OFF',
    course: 'SERVICE_FORBIDDEN',
  },
  generic: {
    audience: 'AUDIENCE_REFUSED',
    client: 'CLIENT_UNKNOWN',
    keys: 'KEY_SET_UNREACHABLE',
    switchedOff: 'SCOPES_REFUSED',
    course: 'SERVICE_FORBIDDEN',
  },
};

let bench: CheckBench;

beforeAll(async () => {
  bench = await openCheckBench();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

/** The first thing found, after `wrong` and a registration with `change`; undefined when all is well. */
async function found(
  profile: ProfileName,
  { wrong, change = {} }: { wrong?: (site: Site) => unknown; change?: object } = {},
): Promise<string | undefined> {
  const site = await bench.site(profile);
  const { platforms } = bench.gradewire.client;
  wrong?.(site);
  await platforms.put(platformId, { ...site.registration, ...change } as never);
  const { steps } = await platforms.check(platformId, { lineItemsUrl: site.course.lineItemsUrl });
  return steps.find((step) => !step.ok || step.reason)?.reason;
}

describe.each(Object.entries(VENDORS) as [ProfileName, (typeof VENDORS)[ProfileName]][])(
  'a check on %s',
  (profile, expected) => {
    it('passes when all is right, and touches nothing', async () => {
      const site = await bench.site(profile);
      const { platforms } = bench.gradewire.client;
      await platforms.put(platformId, site.registration as never);
      const lineItemUrl = site.simulator.addLineItem(site.course.id);
      const { lineItemsUrl } = site.course;
      const { ok, steps } = await platforms.check(platformId, { lineItemsUrl, lineItemUrl });
      expect(steps.filter((step) => !step.ok || step.reason)).toEqual([]);
      expect(ok).toBe(true);
      expect(steps.map(({ name }) => name)).toEqual([
        'reachable',
        'token',
        'scopes',
        'clock',
        'lineItems',
        'lineItem',
      ]);
      const asked = site.simulator.requests().map(({ endpoint, method }) => `${method} ${endpoint}`);
      expect(asked).toEqual(['POST token', 'GET lineItems', 'GET lineItem']);
    });

    it('finds another audience, where it is looked at', async () => {
      const change = { audience: 'https://somebody.example' };
      expect(await found(profile, { change })).toBe(expected.audience);
    });

    it('finds another client id', async () => {
      expect(await found(profile, { change: { clientId: 'nobody' } })).toBe(expected.client);
    });

    it('finds keys that the platform cannot read', async () => {
      const wrong = ({ simulator }: Site) => simulator.setTool({ jwksUrl: 'http://127.0.0.1:1/jwks.json' });
      expect(await found(profile, { wrong })).toBe(expected.keys);
    });

    it.each([600_000, -600_000])('finds a clock that is %d ms off', async (ms) => {
      const wrong = ({ simulator }: Site) => simulator.setClockSkew(ms);
      expect(await found(profile, { wrong })).toBe('CLOCK_DIFFERS');
    });

    it('finds a tool that is switched off', async () => {
      const wrong = ({ simulator }: Site) => simulator.setTool({ enabled: false });
      expect(await found(profile, { wrong })).toBe(expected.switchedOff);
    });

    it('finds a course without the tool', async () => {
      const wrong = ({ simulator, course }: Site) => simulator.teacher.setToolAvailable(course.id, false);
      expect(await found(profile, { wrong })).toBe(expected.course);
    });

    it('warns of columns that the tool may not manage', async () => {
      const scopes = ['https://purl.imsglobal.org/spec/lti-ags/scope/score'];
      const wrong = ({ simulator }: Site) => simulator.setTool({ scopes });
      expect(await found(profile, { wrong })).toBe('COLUMNS_NOT_ALLOWED');
    });
  },
);
