import type { ProfileName } from './profiles.ts';

/** What somebody who follows a hint looks for on a platform's screens. */
export type GuideTopic =
  | 'registration'
  | 'tokenUrl'
  | 'audience'
  | 'keySet'
  | 'deployment'
  | 'services'
  | 'course';

/** Where things are on a platform, in the words of its screens. The pages under docs/platforms say the same. */
export interface Guide {
  /** What people call it. */
  name: string;
  /** How its addresses look; what is in capitals differs from school to school. */
  issuer: string;
  tokenUrl: string;
  /** One sentence each. */
  topics: Readonly<Record<GuideTopic, string>>;
}

const MOODLE_TOOLS =
  'In Moodle: Site administration > Plugins > Activity modules > External tool > Manage tools > the tool';
const BRIGHTSPACE_TOOL = 'In Brightspace: Admin Tools > Manage Extensibility > LTI Advantage > the tool';
const SAKAI_TOOL = 'In Sakai: Administration Workspace > External Tools > the tool';
const SCHOOLOGY_APP = 'In Schoology: App Center > My Developer Apps > the app';
const CANVAS_KEY = 'In Canvas: Admin > the account > Developer Keys > the key';
const BLACKBOARD_PORTAL =
  'In the developer portal (developer.anthology.com): My Applications > the application';
const BLACKBOARD_TOOL =
  'In Blackboard Learn: Administrator Panel > Integrations > LTI Tool Providers > the tool';
const OPENEDX_BLOCK = 'In Open edX Studio: the unit > the LTI component';

/** By profile. Sources: each page under docs/platforms names its own. */
export const GUIDES: Readonly<Record<ProfileName, Guide>> = {
  canvas: {
    name: 'Canvas',
    issuer: 'https://canvas.instructure.com',
    tokenUrl: 'https://SCHOOL.instructure.com/login/oauth2/token',
    topics: {
      registration: `${CANVAS_KEY}: the client id is the number in its Details column.`,
      tokenUrl: 'In Canvas: the address of your site, followed by /login/oauth2/token.',
      audience: 'In Canvas: the audience is the token address itself.',
      keySet: `${CANVAS_KEY} > Edit > JWK Method: Public JWK URL.`,
      deployment:
        'In Canvas: Admin > the account > Settings > Apps > View App Configurations > the gear of the app > Deployment Id.',
      services: `${CANVAS_KEY}: its State is On; and under Edit > LTI Advantage Services the switches for assignment and submission data are on.`,
      course: 'In Canvas: the course > Settings > Apps > View App Configurations > + App > By Client ID.',
    },
  },
  moodle: {
    name: 'Moodle',
    issuer: 'https://SITE',
    tokenUrl: 'https://SITE/mod/lti/token.php',
    topics: {
      registration: `${MOODLE_TOOLS} > View configuration details: Platform ID and Client ID.`,
      tokenUrl: `${MOODLE_TOOLS} > View configuration details: Access token URL.`,
      audience: 'In Moodle: the audience is the Access token URL (Moodle 4.5 does not check it).',
      keySet: `${MOODLE_TOOLS} > Edit > Public key type: Keyset URL, and Public keyset.`,
      deployment: `${MOODLE_TOOLS} > View configuration details: Deployment ID. It is the type_id in the line items address.`,
      services: `${MOODLE_TOOLS} > Edit > Services > IMS LTI Assignment and Grade Services: Use this service for grade sync and column management.`,
      course: 'In Moodle: the course > Edit mode > Add an activity or resource > the tool.',
    },
  },
  blackboard: {
    name: 'Blackboard Learn',
    issuer: 'https://blackboard.com',
    tokenUrl: 'https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken',
    topics: {
      registration: `${BLACKBOARD_PORTAL}: the client id is its Application ID.`,
      tokenUrl: `${BLACKBOARD_PORTAL}: Auth token endpoint. It is the same for all schools.`,
      audience: 'On Blackboard: the audience is the token address itself.',
      keySet: `${BLACKBOARD_PORTAL} > Tool JWKS URL, with the Signing Algorithm RS256.`,
      deployment: `${BLACKBOARD_TOOL} > Edit: Deployment ID.`,
      services: `${BLACKBOARD_TOOL}: its status is Approved; and under Edit, Allow grade service access is Yes.`,
      course: `${BLACKBOARD_TOOL} > Manage Placements > Create Placement; then a teacher adds it to the course.`,
    },
  },
  brightspace: {
    name: 'Brightspace',
    issuer: 'https://SCHOOL.brightspace.com',
    tokenUrl: 'https://auth.brightspace.com/core/connect/token',
    topics: {
      registration: `${BRIGHTSPACE_TOOL} > Brightspace Registration Details: Client Id and Issuer. The tool has to be Enabled.`,
      tokenUrl: `${BRIGHTSPACE_TOOL} > Brightspace Registration Details: Brightspace OAuth2 Access Token URL.`,
      audience: `${BRIGHTSPACE_TOOL} > Brightspace Registration Details: Brightspace OAuth2 Audience. It is not the token address.`,
      keySet: `${BRIGHTSPACE_TOOL} > Keyset URL.`,
      deployment:
        'In Brightspace: Admin Tools > External Learning Tools > LTI Advantage > the deployment: Deployment Id.',
      services: `${BRIGHTSPACE_TOOL}: it is Enabled, and Assignment and Grade Services is ticked under Extensions, there and in its deployment.`,
      course:
        'In Brightspace: Admin Tools > External Learning Tools > LTI Advantage > the deployment > Add Org Units.',
    },
  },
  schoology: {
    name: 'Schoology',
    issuer: 'https://schoology.schoology.com',
    tokenUrl: 'https://lti-service.svc.schoology.com/lti-service/access-token',
    topics: {
      registration: `${SCHOOLOGY_APP} > Options > API Info: Client ID.`,
      tokenUrl: 'In Schoology: the token address is the same for all schools.',
      audience: 'In Schoology: the audience is the token address itself.',
      keySet: `${SCHOOLOGY_APP}, in its form: JWKS URL.`,
      deployment: 'In Schoology: App Center > Organization Apps > the app > Configure: Deployment ID.',
      services: `${SCHOOLOGY_APP}, in its form: Assignment and Grade Services is ticked.`,
      course: 'In Schoology: App Center > Organization Apps > the app: make it available to the course.',
    },
  },
  sakai: {
    name: 'Sakai',
    issuer: 'https://SITE',
    tokenUrl: 'https://SITE/imsblis/lti13/token/NUMBER',
    topics: {
      registration: `${SAKAI_TOOL}: LTI 1.3 Client Id and LTI 1.3 Platform Issuer.`,
      tokenUrl: `${SAKAI_TOOL}: LTI 1.3 Platform OAuth2 Bearer Token Retrieval URL.`,
      audience: 'In Sakai: the audience is the token address itself.',
      keySet: `${SAKAI_TOOL} > Edit > LTI 1.3 Tool Keyset URL.`,
      deployment: `${SAKAI_TOOL}: LTI 1.3 Deployment Id.`,
      services: `${SAKAI_TOOL} > Edit > Services: Allow External Tool to return grades, and Allow External Tool to create grade columns.`,
      course: 'In Sakai: the site > Lessons > Add Content > Add External Tool.',
    },
  },
  openedx: {
    name: 'Open edX',
    issuer: 'https://LMS',
    tokenUrl: 'https://LMS/api/lti_consumer/v1/token/ID',
    topics: {
      registration: `${OPENEDX_BLOCK}: it shows Client ID and Deployment ID.`,
      tokenUrl: `${OPENEDX_BLOCK}: it shows the Access Token URL.`,
      audience: 'In Open edX: the audience is the Access Token URL (it is not checked).',
      keySet: `${OPENEDX_BLOCK} > Edit > Tool Public Key Mode: Keyset URL, and Tool Keyset URL.`,
      deployment: `${OPENEDX_BLOCK}: it shows the Deployment ID.`,
      services: `${OPENEDX_BLOCK} > Edit > LTI Assignment and Grades Service: Allow tools to manage and submit grade (programmatic).`,
      course: 'In Open edX Studio: the unit > Add New Component > Advanced > LTI Consumer.',
    },
  },
  generic: {
    name: 'Any LTI 1.3 platform',
    issuer: 'https://SITE',
    tokenUrl: 'https://SITE/...',
    topics: {
      registration: "On the platform: the administrator's page of the tool shows issuer and client id.",
      tokenUrl:
        "On the platform: the administrator's page of the tool shows it as access token URL or OAuth 2 URL.",
      audience: 'On most platforms the audience is the token address itself.',
      keySet:
        "On the platform: the administrator's page of the tool has a field for it, called JWKS URL, keyset URL or public key URL.",
      deployment: "On the platform: the administrator's page of the tool shows it as deployment id.",
      services:
        "On the platform: the administrator's page of the tool has a switch for it, called Assignment and Grade Services (AGS).",
      course: 'On the platform: a teacher adds the tool to the course as an activity, link or external tool.',
    },
  },
};
