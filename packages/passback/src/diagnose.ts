import { type NoResponse, type PlatformAnswer, type PlatformResponse, vendorMessage } from '@gradewire/ags';
import { classifyLineItem } from './classify.ts';
import {
  SERVICE_FINDINGS,
  SILENCE_FINDINGS,
  SILENT_ON_AUDIENCE,
  TOKEN_FINDING_RULES,
  VAGUE_FINDINGS,
} from './finding-rules.ts';
import type { FindingCode } from './findings.ts';
import type { Outcome } from './outcome.ts';
import type { Platform } from './platform.ts';
import { defaultAudience, type ProfileName } from './profiles.ts';

/** What went wrong and what was seen of it. */
export interface Diagnosis {
  finding: FindingCode;
  /** What was found, for a person: the platform's own words and the values that were compared. */
  detail: string;
}

const MAX_SEARCHED_CHARACTERS = 16_384;

/** Why a request had no answer. */
export function diagnoseSilence({ code, detail }: NoResponse): Diagnosis {
  return { finding: silenceFinding(code, detail), detail: `${sentence(detail)}.` };
}

/**
 * Why a token endpoint gave no token, from its answer and from what we sent.
 * @param clockDiffers the clocks are known to be too far apart, which explains a refusal without a cause
 */
export function diagnoseToken(
  answer: PlatformResponse,
  platform: Pick<Platform, 'profile' | 'tokenUrl' | 'clientId' | 'audience' | 'deploymentIds'>,
  { clockDiffers = false } = {},
): Diagnosis {
  if (isRedirect(answer)) return diagnoseRedirect(answer, platform.tokenUrl);
  const said = tokenFinding(answer, platform);
  const finding = VAGUE_FINDINGS.includes(said) ? likelier(said, platform, clockDiffers) : said;
  return { finding, detail: [wordsOf(answer), sentWith(finding, platform)].filter(Boolean).join(' ') };
}

/** Why the line items of a course, or one of them, could not be read at `url`. */
export function diagnoseService(
  answer: PlatformAnswer,
  platform: Pick<Platform, 'profile' | 'deploymentIds'>,
  { url, operation }: { url: string; operation: 'list' | 'get' },
): Diagnosis {
  if (answer.kind === 'noResponse') return diagnoseSilence(answer);
  if (isRedirect(answer)) return diagnoseRedirect(answer, url);
  const reason = reasonOf(classifyLineItem(answer, platform.profile, operation));
  const finding = (reason && SERVICE_FINDINGS[reason]) ?? serverFinding(answer);
  const deployment = foreignDeployment(url, platform);
  if (deployment && ACCESS_FINDINGS.includes(finding))
    return { finding: 'DEPLOYMENT_MISMATCH', detail: deployment };
  return { finding, detail: wordsOf(answer) };
}

/** Says how the deployment in a service's address differs from those registered; undefined when it does not or shows none. */
export function foreignDeployment(
  url: string,
  { profile, deploymentIds }: Pick<Platform, 'profile' | 'deploymentIds'>,
): string | undefined {
  const found = deploymentIn(url, profile);
  if (found === undefined || !deploymentIds || deploymentIds.includes(found)) return undefined;
  return `The address is of deployment ${found}; registered: ${deploymentIds.join(', ')}.`;
}

/** The platform knows us, but not for what we asked there. */
const ACCESS_FINDINGS: readonly FindingCode[] = [
  'SERVICE_REFUSED',
  'SERVICE_FORBIDDEN',
  'TOOL_NOT_IN_COURSE',
  'COURSE_NOT_FOUND',
];

function silenceFinding(code: NoResponse['code'], detail: string): FindingCode {
  // The other side answers our TLS greeting with plain HTTP, which has nothing to do with certificates.
  if (code === 'TLS' && /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|EPROTO/.test(detail))
    return 'HTTPS_NOT_SPOKEN';
  if (code === 'OTHER' && /without TLS/.test(detail)) return 'HTTPS_REQUIRED';
  return SILENCE_FINDINGS[code];
}

function diagnoseRedirect(answer: PlatformResponse, from: string): Diagnosis {
  const { location: header } = answer.headers;
  const location = header ? URL.parse(header, from) : null;
  if (!location)
    return { finding: 'REDIRECTED', detail: `Status ${answer.status}, without saying where to.` };
  const { protocol, hostname } = new URL(from);
  const toHttps = protocol === 'http:' && location.protocol === 'https:';
  const finding = toHttps && location.hostname === hostname ? 'HTTPS_REQUIRED' : 'REDIRECTED';
  return { finding, detail: `Status ${answer.status}: it leads to ${location.origin}${location.pathname}.` };
}

function tokenFinding(
  answer: PlatformResponse,
  { profile, tokenUrl }: Pick<Platform, 'profile' | 'tokenUrl'>,
): FindingCode {
  const text = searched(answer);
  const rule = TOKEN_FINDING_RULES.find(
    (row) =>
      row.status.from <= answer.status &&
      answer.status <= row.status.to &&
      (!row.page || isPage(answer)) &&
      (!row.text || row.text.test(text)) &&
      (!row.profiles || row.profiles.includes(profile)),
  );
  const finding = rule?.finds ?? 'UNEXPECTED_ANSWER';
  // At Moodle's own token address 404 and a page mean that it could not read our keys (recorded from 4.5.6).
  const lacksKeys =
    finding === 'ADDRESS_NOT_FOUND' && profile === 'moodle' && isPage(answer) && isMoodleTokenUrl(tokenUrl);
  return lacksKeys ? 'KEY_SET_UNREACHABLE' : finding;
}

function likelier(
  said: FindingCode,
  { profile, tokenUrl, audience }: Pick<Platform, 'profile' | 'tokenUrl' | 'audience'>,
  clockDiffers: boolean,
): FindingCode {
  if (clockDiffers) return 'CLOCK_DIFFERS';
  const otherAudience = audience !== defaultAudience(profile, tokenUrl);
  return otherAudience && SILENT_ON_AUDIENCE.includes(profile) ? 'AUDIENCE_REFUSED' : said;
}

function isMoodleTokenUrl(tokenUrl: string): boolean {
  return new URL(tokenUrl).pathname.endsWith('/mod/lti/token.php');
}

/** The value of ours that the platform refused, beside the one that is usual. */
function sentWith(
  finding: FindingCode,
  { profile, tokenUrl, clientId, audience, deploymentIds }: Parameters<typeof diagnoseToken>[1],
): string {
  const usual = defaultAudience(profile, tokenUrl);
  const ofAudience = `We sent the audience ${audience}${audience === usual ? '' : `; usual here is ${usual}`}.`;
  switch (finding) {
    case 'AUDIENCE_REFUSED':
      return ofAudience;
    case 'CLIENT_UNKNOWN':
    case 'SIGNATURE_REFUSED':
      return `We sent the client id ${clientId}.${audience === usual ? '' : ` ${ofAudience}`}`;
    case 'DEPLOYMENT_MISMATCH':
      return `Registered: ${deploymentIds?.join(', ') ?? 'any deployment'}.`;
    case 'TOKEN_REFUSED':
      return `We sent the client id ${clientId}. ${ofAudience}`;
    default:
      return '';
  }
}

/** Faults that any part of a platform can have. */
function serverFinding(answer: PlatformResponse): FindingCode {
  const { status } = answer;
  if (status < 300) return isPage(answer) ? 'LOGIN_PAGE' : 'UNEXPECTED_ANSWER';
  if (status === 503 || (status >= 500 && /maintenance/i.test(searched(answer)))) return 'MAINTENANCE';
  return status >= 500 ? 'PLATFORM_ERROR' : 'UNEXPECTED_ANSWER';
}

function reasonOf(outcome: Outcome) {
  if (outcome.kind === 'throttled') return 'THROTTLED';
  if ('reason' in outcome) return outcome.reason;
  return 'then' in outcome ? outcome.then : undefined;
}

/** Moodle's `type_id` is the deployment, Brightspace has it in the path. */
function deploymentIn(address: string, profile: ProfileName): string | undefined {
  const url = new URL(address);
  if (profile === 'moodle') return url.searchParams.get('type_id') ?? undefined;
  return profile === 'brightspace' ? /\/deployment\/([^/]+)\//.exec(url.pathname)?.[1] : undefined;
}

function wordsOf(answer: PlatformResponse): string {
  const words = vendorMessage(answer);
  const kind = isPage(answer) ? ', a web page' : '';
  if (words === '') return `Status ${answer.status}${kind}.`;
  return `Status ${answer.status}${kind}: ${words}${/[.!?…]$/.test(words) ? '' : '.'}`;
}

function isRedirect({ status }: PlatformResponse): boolean {
  return status >= 300 && status < 400;
}

function isPage({ body }: PlatformResponse): boolean {
  return /^\s*</.test(body);
}

function searched({ body, reasonPhrase }: PlatformResponse): string {
  return `${body.slice(0, MAX_SEARCHED_CHARACTERS)}\n${reasonPhrase}`;
}

function sentence(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
