import type { ResultsAccess } from '@gradewire/ags';

/** The learning platforms whose ways we know; `generic` is the letter of the specification. */
export const PROFILE_NAMES = [
  'canvas',
  'moodle',
  'blackboard',
  'brightspace',
  'schoology',
  'sakai',
  'openedx',
  'generic',
] as const;

export type ProfileName = (typeof PROFILE_NAMES)[number];

/** What differs between platforms when a score is posted, and when grades are read back. */
export interface Profile {
  name: ProfileName;
  /** The least distance between the timestamps of two posts to one cell. */
  wireStepMs: number;
  /** Requests in flight at once, when the platform's registration sets no other limit. */
  concurrency: number;
  /** A progress report (no final grade) erases the grade shown, and no member of the score prevents it. */
  clearsOnProgress: boolean;
  /** A post can cost what cannot be taken back: an attempt of the student's, a comment shown twice. */
  repeatsCost: boolean;
  /** A score without a comment erases the comment shown, so that it goes with every post. */
  erasesMissingComment: boolean;
  /** A grade is cleared by `Initialized` and `NotReady` instead of by the score's own progress. */
  clearsByNotReady: boolean;
  /** Members beyond the first edition of the specification are refused. */
  strictMembers: boolean;
  /** The limits are the client id's, shared by all tenants that use it. */
  limitsByClient: boolean;
  /** Every answer tells what is left of its bucket (`X-Rate-Limit-Remaining`, in Canvas' measure). */
  tellsRemaining: boolean;
  /** How results are read, where it is not as in AGS 2.0 section 3.3. `filtersComments`: a user's alone come without comments. */
  results: ResultsAccess & {
    filtersComments?: true;
    /** Results are the scores as they were posted, whatever the gradebook shows. */
    echoesPosts?: true;
  };
  /** A grade of 0 is taken and may never be shown; results do not tell. */
  dropsZeros?: true;
  /** The entries of a page to ask for, where the platform gives few unasked. */
  pageSize?: number;
  /** The form of its ids of users and resource links, where any other is answered as if the platform were down. */
  idForm?: RegExp;
  /** A column's points are a whole number. */
  wholePoints?: true;
  /** What a column's points must stay below, where more is answered so too. */
  pointsBelow?: number;
}

const GENERIC: Profile = {
  name: 'generic',
  wireStepMs: 1,
  concurrency: 2,
  clearsOnProgress: true,
  repeatsCost: false,
  erasesMissingComment: true,
  clearsByNotReady: false,
  strictMembers: false,
  limitsByClient: false,
  tellsRemaining: false,
  results: {},
};

/** The ways of each platform, by name. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  // Every post may be an attempt, comments are appended, preserve_score keeps a grade; one throttle bucket per
  // developer key (instructure/canvas-lms scores_controller.rb, request_throttle.rb).
  canvas: {
    ...GENERIC,
    name: 'canvas',
    concurrency: 4,
    clearsOnProgress: false,
    repeatsCost: true,
    erasesMissingComment: false,
    limitsByClient: true,
    tellsRemaining: true,
    // 10 unasked, 100 at most.
    pageSize: 100,
  },
  // Compares timestamps in whole seconds; 502 for what its database cannot hold, bigint ids and numeric(10,5) points
  // (recorded from Moodle 4.5.6).
  moodle: { ...GENERIC, name: 'moodle', wireStepMs: 1000, idForm: /^\d{1,18}$/, pointsBelow: 100_000 },
  // docs.anthology.com, "Delete a grade"; hypothesis/lms _v13.py on comments.
  blackboard: {
    ...GENERIC,
    name: 'blackboard',
    clearsByNotReady: true,
    results: { filtersComments: true },
    wholePoints: true,
  },
  // 50,000 credits a minute for the whole tool (community.d2l.com 1191).
  brightspace: { ...GENERIC, name: 'brightspace', concurrency: 8 },
  // Refuses members it does not know (Simon-Initiative/lti_1p3 pull 27).
  schoology: { ...GENERIC, name: 'schoology', strictMembers: true },
  // Takes no notice of `user_id` (LTI13Servlet.java).
  sakai: { ...GENERIC, name: 'sakai', results: { ofUser: 'whole' } },
  // `results/(?P<user_id>[^/.]+)?`, of what was posted (xblock-lti-consumer plugin/views.py); a 0 is not published (signals.py,
  // until pull 701).
  openedx: {
    ...GENERIC,
    name: 'openedx',
    results: { ofUser: 'path', slash: true, echoesPosts: true },
    dropsZeros: true,
    wholePoints: true,
  },
  generic: GENERIC,
};

/** The addresses by which platforms are told apart, first match first. Hosts and paths in lower case. */
const SIGNS: readonly { profile: ProfileName; host?: RegExp; path?: RegExp }[] = [
  { profile: 'moodle', path: /\/mod\/lti\// },
  { profile: 'sakai', path: /\/imsblis\/lti13\// },
  { profile: 'openedx', path: /\/lti_consumer\/v1\// },
  { profile: 'blackboard', path: /^\/learn\/api\/v1\/lti\// },
  { profile: 'brightspace', path: /^\/d2l\// },
  { profile: 'canvas', path: /^\/api\/lti\/courses\/|^\/login\/oauth2\/token$/ },
  { profile: 'canvas', host: /(^|\.)(instructure\.com|canvaslms\.com)$/ },
  { profile: 'blackboard', host: /(^|\.)blackboard\.com$|^developer\.anthology\.com$/ },
  { profile: 'brightspace', host: /(^|\.)(brightspace\.com|desire2learn\.com)$/ },
  { profile: 'schoology', host: /(^|\.)schoology\.com$/ },
];

/**
 * The platform behind a set of addresses, `generic` when none is known. The token URL says most, then a service URL,
 * then the issuer.
 */
export function detectProfile(addresses: { issuer: string; tokenUrl: string; url?: string }): ProfileName {
  for (const address of [addresses.tokenUrl, addresses.url, addresses.issuer]) {
    if (!address || !URL.canParse(address)) continue;
    const { hostname, pathname } = new URL(address);
    const path = pathname.toLowerCase();
    const sign = SIGNS.find(({ host, path: shape }) => host?.test(hostname) || shape?.test(path));
    if (sign) return sign.profile;
  }
  return 'generic';
}

/** The `product_family_code` that platforms give in launches and configurations. In lower case. */
const FAMILIES: Readonly<Record<string, ProfileName>> = {
  canvas: 'canvas',
  moodle: 'moodle',
  blackboardlearn: 'blackboard',
  desire2learn: 'brightspace',
  schoology: 'schoology',
  sakai: 'sakai',
  'sakailms.org': 'sakai',
};

/** The platform that a product family code stands for, if we know it. */
export function profileOfFamily(code: string): ProfileName | undefined {
  const family = code.trim().toLowerCase();
  return Object.hasOwn(FAMILIES, family) ? FAMILIES[family] : undefined;
}

/**
 * The `aud` of the client assertion: the token URL, but for Brightspace, which wants a fixed one that is not its token
 * URL (D2L LTI Advantage developer FAQ).
 */
export function defaultAudience(profile: ProfileName, tokenUrl: string): string {
  return profile === 'brightspace' ? 'https://api.brightspace.com/auth/token' : tokenUrl;
}

const EXTENSION_HOSTS: readonly { profile: ProfileName; host: RegExp }[] = [
  { profile: 'canvas', host: /(^|\.)(instructure\.com|canvaslms\.com)$/ },
  { profile: 'moodle', host: /(^|\.)moodle\.(org|com|net)$/ },
  { profile: 'blackboard', host: /(^|\.)(blackboard|anthology)\.com$/ },
  { profile: 'brightspace', host: /(^|\.)(brightspace|desire2learn|d2l)\.com$/ },
  { profile: 'schoology', host: /(^|\.)schoology\.com$/ },
  { profile: 'sakai', host: /(^|\.)(sakailms|sakaiproject)\.org$/ },
  { profile: 'openedx', host: /(^|\.)(openedx|edx)\.org$/ },
];

/** Whether an extension of a score is meant for this platform. One of no known vendor goes to `generic` platforms only. */
export function takesExtension(profile: ProfileName, extensionUrl: string): boolean {
  if (!URL.canParse(extensionUrl)) return false;
  const { hostname } = new URL(extensionUrl);
  const vendor = EXTENSION_HOSTS.find(({ host }) => host.test(hostname))?.profile ?? 'generic';
  return vendor === profile;
}
