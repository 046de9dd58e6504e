import type { FindingCode } from '@gradewire/passback';
import type { FaultAction, ProfileName } from '@gradewire/platform-simulator';
import type { CheckBench, Site } from '../support/misconfigured.ts';

/** What a check is told beside the registration. */
interface Course {
  lineItemsUrl?: string;
  lineItemUrl?: string;
}

/** One thing that is set up wrongly, and what the check has to say about it. */
interface Mistake {
  wrong: string;
  profile?: ProfileName;
  /** On the platform. */
  there?: (site: Site, bench: CheckBench) => unknown;
  /** In the registration here. */
  here?: (site: Site, bench: CheckBench) => object;
  /** What is checked beside the registration. */
  course?: (site: Site) => Course;
  /** What goes wrong once the platform is registered. */
  later?: (site: Site, bench: CheckBench) => unknown;
  step: string;
  reason: FindingCode;
  /** What the hint tells to do. */
  hint: RegExp;
  detail?: RegExp;
}

const SCOPE = 'https://purl.imsglobal.org/spec/lti-ags/scope';
const columns = ({ course }: Site): Course => ({ lineItemsUrl: course.lineItemsUrl });
const fault =
  (endpoint: 'token' | 'lineItems' | 'configuration', action: FaultAction) =>
  ({ simulator }: Site) =>
    simulator.addFault({ match: { endpoint }, action });
const status = (code: number, body: unknown = '', headers: Record<string, string> = {}): FaultAction => ({
  kind: 'status',
  status: code,
  body,
  headers,
});
const pageHeaders = { 'content-type': 'text/html' };

/** What people get wrong, each once; all else is set up rightly. */
export const MISTAKES: Mistake[] = [
  {
    wrong: 'the audience',
    profile: 'canvas',
    here: () => ({ audience: 'https://canvas.instructure.com' }),
    step: 'token',
    reason: 'AUDIENCE_REFUSED',
    hint: /Register the platform without audience/,
    detail:
      /We sent the audience https:\/\/canvas\.instructure\.com; usual here is http.*\/login\/oauth2\/token/,
  },
  {
    wrong: 'the client id, on Canvas, which calls it a signature',
    profile: 'canvas',
    here: () => ({ clientId: '10000000000009' }),
    step: 'token',
    reason: 'SIGNATURE_REFUSED',
    hint: /Check the client id first.*Developer Keys/s,
    detail: /client id 10000000000009/,
  },
  {
    wrong: 'the client id, on Moodle',
    profile: 'moodle',
    here: () => ({ clientId: 'someone-else' }),
    step: 'token',
    reason: 'CLIENT_UNKNOWN',
    hint: /Copy the client id again.*View configuration details/s,
  },
  {
    wrong: 'the key set, out of reach of Canvas',
    profile: 'canvas',
    there: ({ simulator }) => simulator.setTool({ jwksUrl: 'http://127.0.0.1:1/jwks.json' }),
    step: 'token',
    reason: 'KEY_SET_UNREACHABLE',
    hint: /must open from the internet.*GRADEWIRE_PUBLIC_URL.*Public JWK URL/s,
  },
  {
    wrong: 'the key set, out of reach of Moodle',
    profile: 'moodle',
    there: ({ simulator }) => simulator.setTool({ jwksUrl: 'http://127.0.0.1:1/jwks.json' }),
    step: 'token',
    reason: 'KEY_SET_UNREACHABLE',
    hint: /Public keyset/,
  },
  {
    wrong: 'the key set, which is of another tool',
    profile: 'moodle',
    there: ({ simulator }, { otherKeySetUrl }) => simulator.setTool({ jwksUrl: otherKeySetUrl }),
    step: 'token',
    reason: 'KEY_UNKNOWN',
    hint: /Give it the address of our public keys/,
  },
  {
    wrong: "the platform's clock, ten minutes ahead",
    profile: 'moodle',
    there: ({ simulator }) => simulator.setClockSkew(600_000),
    step: 'token',
    reason: 'CLOCK_DIFFERS',
    hint: /time service \(NTP\)/,
    detail: /Expired token/,
  },
  {
    wrong: "the platform's clock, a minute behind",
    profile: 'canvas',
    there: ({ simulator }) => simulator.setClockSkew(-60_000),
    step: 'token',
    reason: 'CLOCK_DIFFERS',
    hint: /time service \(NTP\)/,
  },
  {
    wrong: 'the scopes: no scores',
    there: ({ simulator }) => simulator.setTool({ scopes: [`${SCOPE}/lineitem`] }),
    step: 'scopes',
    reason: 'SCORES_NOT_ALLOWED',
    hint: /may not send grades\. Ask the platform administrator/,
    detail: /scope\/score/,
  },
  {
    wrong: 'the scopes: none at all',
    profile: 'moodle',
    there: ({ simulator }) => simulator.setTool({ scopes: [] }),
    step: 'token',
    reason: 'SCOPES_REFUSED',
    hint: /grade service is switched off.*grade sync and column management/s,
  },
  {
    wrong: 'the developer key, switched off',
    profile: 'canvas',
    there: fault('token', status(401, { errors: { message: 'Unknown or inactive Developer Key' } })),
    step: 'token',
    reason: 'REGISTRATION_OFF',
    hint: /switched off there.*State is On/s,
  },
  {
    wrong: 'the developer key, switched off meanwhile',
    profile: 'canvas',
    there: fault('lineItems', status(401, { errors: { message: 'Unknown or inactive Developer Key' } })),
    course: columns,
    step: 'lineItems',
    reason: 'REGISTRATION_OFF',
    hint: /switch it on/,
  },
  {
    wrong: 'the token address: https, where only http is spoken',
    here: ({ simulator }) => ({ tokenUrl: `${simulator.url}/token`.replace('http:', 'https:') }),
    step: 'reachable',
    reason: 'HTTPS_NOT_SPOKEN',
    hint: /does not speak https at that port/,
  },
  {
    wrong: 'the token address: http, where https is wanted',
    there: (site) => {
      const location = `${site.simulator.url}/token`.replace('http:', 'https:');
      return fault('token', status(301, '', { location }))(site);
    },
    step: 'token',
    reason: 'HTTPS_REQUIRED',
    hint: /Register the platform again with https:\/\//,
  },
  {
    wrong: 'the token address: a login page',
    there: fault('token', { kind: 'html' }),
    step: 'token',
    reason: 'LOGIN_PAGE',
    hint: /usually a login page.*Copy the address again/s,
    detail: /Status 200, a web page/,
  },
  {
    wrong: 'the token address: it leads to a login page',
    there: fault('token', status(302, '', { location: '/login?back=token' })),
    step: 'token',
    reason: 'REDIRECTED',
    hint: /Give the address that really answers/,
    detail: /it leads to http:\/\/127\S+\/login\./,
  },
  {
    wrong: 'the token address: nothing there',
    here: ({ simulator }) => ({ tokenUrl: `${simulator.url}/oauth/tokens` }),
    step: 'token',
    reason: 'ADDRESS_NOT_FOUND',
    hint: /Copy tokenUrl again/,
  },
  {
    wrong: 'the token address: a host that does not exist',
    // Longer than a name can be, so that no name server has to be waited for.
    here: () => ({ tokenUrl: `https://${'x'.repeat(64)}.invalid/token` }),
    step: 'reachable',
    reason: 'HOST_UNKNOWN',
    hint: /No server has this name.*letter by letter/s,
  },
  {
    wrong: 'the token address: a port where nothing listens',
    here: () => ({ tokenUrl: 'http://127.0.0.1:1/token' }),
    step: 'reachable',
    reason: 'CONNECTION_REFUSED',
    hint: /Check the port/,
  },
  {
    wrong: 'the certificate, which nobody vouches for',
    here: (_site, { untrustedUrl }) => ({ tokenUrl: untrustedUrl }),
    step: 'reachable',
    reason: 'CERTIFICATE_REFUSED',
    hint: /install one from a public authority/,
  },
  {
    wrong: 'a firewall that shows a page',
    there: fault('token', status(403, '<html><title>Request blocked</title></html>', pageHeaders)),
    step: 'token',
    reason: 'REQUEST_BLOCKED',
    hint: /let this server through/,
  },
  {
    wrong: 'a firewall that cuts the connection',
    there: fault('token', { kind: 'drop' }),
    step: 'reachable',
    reason: 'CONNECTION_BROKEN',
    hint: /whether a firewall cuts it/,
  },
  {
    wrong: 'the platform, which takes for ever',
    there: fault('token', { kind: 'hang' }),
    step: 'reachable',
    reason: 'NO_ANSWER',
    hint: /Try again later/,
  },
  {
    wrong: 'the platform, in maintenance',
    profile: 'moodle',
    there: fault('token', { kind: 'maintenance' }),
    step: 'token',
    reason: 'MAINTENANCE',
    hint: /Check again when its maintenance is over/,
  },
  {
    wrong: 'the platform, whose database is down',
    there: fault('token', { kind: 'databaseDown' }),
    step: 'token',
    reason: 'PLATFORM_ERROR',
    hint: /look into its log/,
  },
  {
    wrong: 'too many requests',
    there: fault('token', { kind: 'throttle' }),
    step: 'token',
    reason: 'THROTTLED',
    hint: /Check again in a minute/,
  },
  {
    wrong: 'the issuer, which the configuration says otherwise now',
    here: ({ simulator, registration }) => ({
      issuer: registration.issuer,
      openidConfigurationUrl: `${simulator.url}/.well-known/openid-configuration`,
    }),
    later: fault('configuration', status(200, { issuer: 'https://old.example' })),
    step: 'configuration',
    reason: 'ISSUER_MISMATCH',
    hint: /Register the platform again with the name that it gives/,
    detail: /"https:\/\/old\.example"; registered: "http:\/\/127/,
  },
  {
    wrong: 'the pinned key, gone',
    here: () => ({ toolKeyId: 'from-before' }),
    later: (_site, bench) => bench.forgetKey('from-before'),
    step: 'keys',
    reason: 'KEY_NOT_STORED',
    hint: /Import that key again/,
  },
  {
    wrong: 'the service host, not among the service origins',
    here: () => ({ serviceOrigins: ['https://lms.example'] }),
    course: columns,
    step: 'lineItems',
    reason: 'ORIGIN_NOT_REGISTERED',
    hint: /add its origin .* to serviceOrigins/,
    detail: /is on http:\/\/127.*; registered: https:\/\/lms\.example/,
  },
  {
    wrong: 'the host of the columns, not among the service origins',
    profile: 'canvas',
    there: fault('lineItems', status(200, [{ id: 'https://school.example/api/lti/courses/1/line_items/9' }])),
    course: columns,
    step: 'lineItems',
    reason: 'ORIGIN_NOT_REGISTERED',
    hint: /add its origin/,
    detail: /https:\/\/school\.example/,
  },
  {
    wrong: 'the course, which lacks the tool, on Canvas',
    profile: 'canvas',
    there: ({ simulator, course }) => simulator.teacher.setToolAvailable(course.id, false),
    course: columns,
    step: 'lineItems',
    reason: 'TOOL_NOT_IN_COURSE',
    hint: /Have a teacher add it to the course.*By Client ID/s,
  },
  {
    wrong: 'the course, which lacks the tool, on Moodle',
    profile: 'moodle',
    there: ({ simulator, course }) => simulator.teacher.setToolAvailable(course.id, false),
    course: columns,
    step: 'lineItems',
    reason: 'TOOL_NOT_IN_COURSE',
    hint: /Add an activity or resource/,
  },
  {
    wrong: 'the course, deleted',
    profile: 'moodle',
    there: ({ simulator, course }) => simulator.teacher.deleteCourse(course.id),
    course: columns,
    step: 'lineItems',
    reason: 'COURSE_NOT_FOUND',
    hint: /Take the line items address from a launch/,
  },
  {
    wrong: 'the deployment',
    profile: 'moodle',
    here: () => ({ deploymentIds: ['9'] }),
    course: columns,
    step: 'lineItems',
    reason: 'DEPLOYMENT_MISMATCH',
    hint: /to deploymentIds, or leave deploymentIds out.*type_id/s,
    detail: /deployment 1; registered: 9/,
  },
  {
    wrong: "the line items address, which is another tool's",
    profile: 'moodle',
    here: () => ({ deploymentIds: undefined }),
    course: ({ course }) => ({ lineItemsUrl: course.lineItemsUrl.replace('type_id=1', 'type_id=7') }),
    step: 'lineItems',
    reason: 'SERVICE_REFUSED',
    hint: /the address belongs to another tool/,
  },
  {
    wrong: 'the line items address, half of it missing',
    profile: 'moodle',
    course: ({ simulator }) => ({ lineItemsUrl: `${simulator.url}/mod/lti/services.php/1/lineitem` }),
    step: 'lineItems',
    reason: 'LINE_ITEMS_ADDRESS_WRONG',
    hint: /Take it from a launch/,
  },
  {
    wrong: 'the line items, which do not answer',
    there: fault('lineItems', { kind: 'hang' }),
    course: columns,
    step: 'lineItems',
    reason: 'NO_ANSWER',
    hint: /ask the platform administrator/,
  },
  {
    wrong: 'the line items, behind a login page',
    there: fault('lineItems', { kind: 'html' }),
    course: columns,
    step: 'lineItems',
    reason: 'LOGIN_PAGE',
    hint: /have the login let it through\.$/,
  },
  {
    wrong: 'the column, deleted',
    course: ({ course }) => ({ lineItemUrl: `${course.lineItemsUrl}/999` }),
    step: 'lineItem',
    reason: 'COLUMN_NOT_FOUND',
    hint: /Read the columns of the course/,
  },
  {
    wrong: "the column, another tool's",
    profile: 'canvas',
    course: ({ simulator, course }) => ({ lineItemUrl: simulator.addLineItem(course.id, { foreign: true }) }),
    step: 'lineItem',
    reason: 'COLUMN_NOT_OURS',
    hint: /Take the address of a column that this tool has/,
  },
];
