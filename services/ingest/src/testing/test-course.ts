import { LAUNCH_CLAIMS, SCOPES } from '@gradewire/ags';
import { startFakePlatform } from './fake-platform.ts';
import type { TestIngest } from './test-ingest.ts';

const LEARNER = 'http://purl.imsglobal.org/vocab/lis/v2/membership#Learner';

/** A member as a platform lists them. */
interface TestMember {
  user_id: string;
  name?: string;
  email?: string;
  lis_person_sourcedid?: string;
}

/** A course on a platform of its own; a test changes who is in it and how it answers. */
export interface TestCourse extends AsyncDisposable {
  url: string;
  members: TestMember[];
  /** What the roster is answered with instead of the members. */
  roster: undefined | (() => { status: number; body: unknown } | Promise<{ status: number; body: unknown }>);
  granted: string[];
  /** How often the roster was asked for. */
  asked: number;
  /** Registers the platform and a launch of the course. @returns the launch's id */
  register(test: TestIngest, platformId: string): Promise<string>;
  /** A launch that tells no roster. */
  registerWithoutRoster(test: TestIngest, platformId: string): Promise<string>;
}

export async function startTestCourse(): Promise<TestCourse> {
  const lms = await startFakePlatform({
    '/token': () => ({
      status: 200,
      body: { access_token: 't', token_type: 'Bearer', expires_in: 3600, scope: course.granted.join(' ') },
    }),
    '/members': () => {
      course.asked += 1;
      if (course.roster) return course.roster();
      const members = course.members.map((member) => ({ roles: [LEARNER], ...member }));
      return { status: 200, body: { members } };
    },
  });
  const launch = async (test: TestIngest, platformId: string, link: string, more: object) => {
    const claims = {
      [LAUNCH_CLAIMS.resourceLink]: { id: link },
      [LAUNCH_CLAIMS.grades]: { lineitems: `${lms.url}/lineitems`, lineitem: `${lms.url}/lineitems/1` },
      ...more,
    };
    const { status, body } = await test.call('POST', '/v1/launches', { platformId, claims });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body.launchId as string;
  };
  const course: TestCourse = {
    url: lms.url,
    members: [],
    roster: undefined,
    granted: [SCOPES.score, SCOPES.membershipReadonly],
    asked: 0,
    async register(test, platformId) {
      await test.putPlatform(platformId, {
        issuer: lms.url,
        tokenUrl: `${lms.url}/token`,
        clientId: platformId,
      });
      const roster = { context_memberships_url: `${lms.url}/members` };
      return launch(test, platformId, '1', { [LAUNCH_CLAIMS.roster]: roster });
    },
    registerWithoutRoster: (test, platformId) => launch(test, platformId, '2', {}),
    [Symbol.asyncDispose]: () => lms[Symbol.asyncDispose](),
  };
  return course;
}
