import { GUIDES, type GuideTopic } from './guides.ts';
import type { ProfileName } from './profiles.ts';

/** What a check of a registration can come to. */
export interface Finding {
  /** What to do about it, for somebody who knows no LTI. */
  hint: string;
  /** What the platform's guide is asked for: where on its screens that is done. */
  where?: GuideTopic;
}

const table = {
  // The address that is asked for access.
  HOST_UNKNOWN: {
    hint: 'No server has this name. Compare the address, letter by letter, with the one that the platform shows.',
    where: 'tokenUrl',
  },
  CONNECTION_REFUSED: {
    hint: 'The server is there but takes no connection at this address. Check the port in it, and ask the platform administrator whether the platform is running.',
  },
  NO_CONNECTION: {
    hint: 'The server does not react. Ask the platform administrator whether it is running, and whether a firewall has to let this server through.',
  },
  NO_ANSWER: {
    hint: 'The connection was made, but the answer took too long. Try again later; if it stays so, ask the platform administrator.',
  },
  CONNECTION_BROKEN: {
    hint: 'The connection was cut before an answer came. If the address begins with http://, try https://; else ask the platform administrator whether a firewall cuts it.',
  },
  CERTIFICATE_REFUSED: {
    hint: "The platform's certificate cannot be trusted: it has run out, is made out to another name, or lacks its chain. Ask the platform administrator to install one from a public authority with its whole chain.",
  },
  HTTPS_NOT_SPOKEN: {
    hint: 'The address begins with https://, but the server does not speak https at that port. Check the port; if the platform really has no https, it must be given one before grades can go there.',
    where: 'tokenUrl',
  },
  HTTPS_REQUIRED: {
    hint: 'The address begins with http://, and the platform wants https://. Register the platform again with https:// in all its addresses.',
    where: 'tokenUrl',
  },
  PRIVATE_NETWORK: {
    hint: 'The server is in a private network, where we send nothing unless told so. If that is meant, start the services with GRADEWIRE_ALLOW_PRIVATE_NETWORKS=true; if not, correct the address.',
  },
  LIMITS_IN_USE: {
    hint: "The platform's limits are used up by scores under way, or it asked for a pause. Nothing is wrong with the registration as far as this goes: check again in a minute.",
  },
  REQUEST_FAILED: {
    hint: 'The request could not be made. Check the address for typing errors; the detail says what failed.',
    where: 'tokenUrl',
  },
  REDIRECTED: {
    hint: 'This address only leads on to another one, mostly a login page or the new place of a platform that has moved. Give the address that really answers; we never follow with our access.',
    where: 'tokenUrl',
  },
  ADDRESS_NOT_FOUND: {
    hint: 'The platform answers, but has nothing at this address. Copy tokenUrl again from the place where the platform shows it.',
    where: 'tokenUrl',
  },
  LOGIN_PAGE: {
    hint: 'A web page for people answers here instead of the service for programs: usually a login page, so the address is another one of the same site, or a login stands before all of it. Copy the address again; if it is right, have the login let it through.',
    where: 'tokenUrl',
  },
  UNEXPECTED_ANSWER: {
    hint: 'Something answers here, but not in the way it must. Check that the address is copied whole and from the right field.',
    where: 'tokenUrl',
  },
  REQUEST_BLOCKED: {
    hint: 'Something in front of the platform turned us away with a web page: a firewall, a bot filter or a password wall. Ask the platform administrator to let this server through.',
  },
  MAINTENANCE: {
    hint: 'The platform says that it is out of service for the moment. Check again when its maintenance is over; scores wait meanwhile, and none is lost.',
  },
  PLATFORM_ERROR: {
    hint: 'The platform reports a fault of its own. Check again later; if it stays so, ask the platform administrator to look into its log at this time.',
  },
  THROTTLED: {
    hint: 'The platform asked us to slow down. Check again in a minute; lower the limits of the platform if it happens often.',
  },

  // Who we are.
  AUDIENCE_REFUSED: {
    hint: 'Our request names another recipient (audience) than the platform expects. Register the platform without audience, so that the usual one is used, or with the one that the platform shows.',
    where: 'audience',
  },
  CLIENT_UNKNOWN: {
    hint: 'The platform knows no tool with our client id. Copy the client id again, and make sure that it comes from this platform and not from its test system.',
    where: 'registration',
  },
  SIGNATURE_REFUSED: {
    hint: 'The platform could not match our signature with a tool that it knows. Check the client id first, then that the platform has the address of our public keys and not an old copy of a key.',
    where: 'keySet',
  },
  KEY_UNKNOWN: {
    hint: 'The platform looked for our public key and did not find it where it looked. Give it the address of our public keys; if it has that one already, wait until it reads it again (some take an hour).',
    where: 'keySet',
  },
  KEY_SET_UNREACHABLE: {
    hint: 'The platform could not read our public keys. Their address must open from the internet, or from wherever the platform runs: check it, GRADEWIRE_PUBLIC_URL and the firewall in front of this server.',
    where: 'keySet',
  },
  DEPLOYMENT_MISMATCH: {
    hint: 'The deployment id that is registered here is not the one of this course. Add the one that the platform shows to deploymentIds, or leave deploymentIds out to take any.',
    where: 'deployment',
  },
  REGISTRATION_OFF: {
    hint: 'The platform knows the tool, but it is switched off there. Ask the platform administrator to switch it on.',
    where: 'services',
  },
  SCOPES_REFUSED: {
    hint: 'The platform gives this tool no access that scores could use: its grade service is switched off, or the whole tool is. Ask the platform administrator to switch it on.',
    where: 'services',
  },
  TOKEN_REFUSED: {
    hint: "The platform refused us without a reason we know; its words are in the detail. Compare client id, token address, audience and the address of our public keys with the platform's registration, one by one.",
    where: 'registration',
  },
  CLOCK_DIFFERS: {
    hint: 'The clocks of this server and of the platform are too far apart for the platform to believe our requests. Set both by a time service (NTP); the detail says which is ahead.',
  },

  // Our own side.
  KEY_NOT_STORED: {
    hint: 'The registration names a signing key (toolKeyId) that is not stored here any more. Import that key again, or register the platform without toolKeyId and give it the address of our public keys.',
    where: 'keySet',
  },
  KEY_NOT_OPENED: {
    hint: 'Our signing key is stored, but GRADEWIRE_ENCRYPTION_KEY does not open it: it is not the one that the key was stored with. Start the services with that one again.',
  },
  KEY_SET_PRIVATE: {
    hint: 'The address of our public keys can only be opened from inside this network, or is not https. Set GRADEWIRE_PUBLIC_URL to the public https address of this server, restart, and give the platform the new address.',
    where: 'keySet',
  },
  KEY_SET_UNREADABLE: {
    hint: 'We cannot open the address of our own public keys, so the platform most likely cannot either. Check GRADEWIRE_PUBLIC_URL and the proxy in front of this server; open the address with a browser from elsewhere to be sure.',
  },
  KEY_SET_FOREIGN: {
    hint: 'At the address of our public keys something else answers, or the keys of another installation. Check that GRADEWIRE_PUBLIC_URL is the address of this one.',
  },

  // What the platform says of itself.
  CONFIGURATION_UNREADABLE: {
    hint: 'The address in openidConfigurationUrl gives no settings any more. Scores do not need it, since what it said is kept; register the platform again with an address that works, or without it.',
  },
  ISSUER_MISMATCH: {
    hint: "The platform's own settings give it another name (issuer) than is registered, so that its launches are refused. Register the platform again with the name that it gives; if its site is a copy of another one, correct its own address there first.",
    where: 'registration',
  },
  TOKEN_URL_CHANGED: {
    hint: "The platform's own settings name another token address than is registered. Unless that is on purpose, register the platform again with the same openidConfigurationUrl.",
  },

  // What the tool may do.
  SCORES_NOT_ALLOWED: {
    hint: 'The tool is installed but may not send grades. Ask the platform administrator to allow it to.',
    where: 'services',
  },
  COLUMNS_NOT_ALLOWED: {
    hint: 'Scores work, but gradebook columns can neither be looked up nor created: each score has to name its lineItemUrl. Ask the platform administrator to let the tool manage columns if it should.',
    where: 'services',
  },
  RESULTS_NOT_ALLOWED: {
    hint: 'Scores work, but the gradebook cannot be read back: grades cannot be verified or reconciled. Ask the platform administrator to let the tool read results if it should.',
    where: 'services',
  },

  // The course.
  ORIGIN_NOT_REGISTERED: {
    hint: "This address is on a server that is not among the platform's serviceOrigins, so our access is not sent there. If it belongs to the platform, add its origin (the part before the first single slash) to serviceOrigins.",
  },
  TOOL_NOT_IN_COURSE: {
    hint: 'The platform knows the tool, but it is not part of this course. Have a teacher add it to the course, or the administrator make it available there.',
    where: 'course',
  },
  COURSE_NOT_FOUND: {
    hint: 'The platform has no such course: it was deleted, or the address is of another one. Take the line items address from a launch out of the course.',
    where: 'course',
  },
  COURSE_ENDED: {
    hint: 'The course has ended and its gradebook is closed. Have the platform administrator open it again, or check with a running course.',
  },
  COLUMN_NOT_FOUND: {
    hint: 'The gradebook has no such column: a teacher may have deleted it, or the address is of another course. Read the columns of the course to see which there are.',
  },
  COLUMN_NOT_OURS: {
    hint: 'This gradebook column belongs to another tool, so we may not write to it. Take the address of a column that this tool has.',
  },
  LINE_ITEMS_ADDRESS_WRONG: {
    hint: 'The platform does not understand this address. Take it from a launch (the member lineitems of its grade service claim), whole, with everything after a question mark.',
  },
  SERVICE_REFUSED: {
    hint: 'The platform gave us access and then did not accept it for this course. Mostly the address belongs to another tool or another site, or the grade service was switched off meanwhile.',
    where: 'services',
  },
  SERVICE_FORBIDDEN: {
    hint: 'The platform knows us but forbids this. Mostly the tool is not part of the course, or may not use its gradebook.',
    where: 'course',
  },
} as const satisfies Record<string, Finding>;

/** Every finding of a platform check. */
export type FindingCode = keyof typeof table;

/** What to do about each finding. */
export const FINDINGS: Readonly<Record<FindingCode, Finding>> = table;

/**
 * The hint of a finding, and where on the platform's screens to follow it.
 * @param ofCourse it is about an address in a course, for which the token address is no help
 */
export function hintOf(code: FindingCode, profile: ProfileName, ofCourse = false): string {
  const { hint, where } = FINDINGS[code];
  if (where === undefined || (ofCourse && where === 'tokenUrl')) return hint;
  return `${hint} ${GUIDES[profile].topics[where]}`;
}
