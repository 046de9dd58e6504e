import { SCOPES } from '@gradewire/ags';
import {
  addressProblem,
  detectProfile,
  type PlatformInput,
  type ProfileName,
  profileOfFamily,
  urlField,
} from '@gradewire/passback';
import type { FieldProblem } from '../http/problem.ts';
import { quote } from './quote.ts';

type Configuration = Record<string, unknown>;

const AT = '/openidConfigurationUrl';

/** Vendors whose schools all have one issuer, which is not where a school's configuration is. */
const SHARED_ISSUERS =
  /^https:\/\/(canvas(\.beta|\.test)?\.instructure\.com|blackboard\.com|schoology\.schoology\.com)$/;

/** What must be offered, each unless the list is left out. */
const OFFERS = [
  { member: 'scopes_supported', value: SCOPES.score, why: 'scores cannot be sent there' },
  {
    member: 'token_endpoint_auth_methods_supported',
    value: 'private_key_jwt',
    why: 'which is how LTI 1.3 tools say who they are',
  },
  {
    member: 'token_endpoint_auth_signing_alg_values_supported',
    value: 'RS256',
    why: 'which is what our keys sign with',
  },
] as const;

/**
 * Fills in what a platform says of itself (LTI Dynamic Registration 1.0, platform configuration); what the input names
 * stays. Each problem names the member of the configuration and what was found there.
 */
export function fillIn(
  input: PlatformInput & { openidConfigurationUrl: string },
  configuration: Configuration,
  allowPrivateNetworks: boolean,
): PlatformInput | { problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const report = (detail: string) => problems.push({ pointer: AT, detail });

  const address = (member: string): string | undefined => {
    const value = configuration[member];
    const wrong = addressOf(value, allowPrivateNetworks);
    if (wrong === undefined) return value as string;
    report(`says ${member} ${quote(value)}, which ${wrong}`);
    return undefined;
  };
  const issuer = address('issuer');
  if (issuer !== undefined) problems.push(...issuerProblems(input, issuer));
  const tokenUrl = input.tokenUrl ?? address('token_endpoint');
  const jwksUrl = input.jwksUrl ?? address('jwks_uri');
  for (const { member, value, why } of OFFERS) {
    const offered = configuration[member];
    if (Array.isArray(offered) && !offered.includes(value)) {
      report(`says ${member} ${quote(offered)}, without ${value}: ${why}`);
    }
  }
  if (problems.length > 0 || !issuer || !tokenUrl || !jwksUrl) return { problems };

  const profile = input.profile ?? profileOf(configuration, { issuer, tokenUrl });
  const audience = input.audience ?? (profile === 'generic' ? audienceOf(configuration) : undefined);
  return { ...input, issuer, tokenUrl, jwksUrl, profile, ...(audience && { audience }) };
}

/** Its host has to be the configuration's own, as Dynamic Registration wants it, or be confirmed by hand. */
function issuerProblems(
  { issuer: named, openidConfigurationUrl }: PlatformInput & { openidConfigurationUrl: string },
  issuer: string,
): FieldProblem[] {
  if (named !== undefined) {
    if (named === issuer) return [];
    return [
      { pointer: '/issuer', detail: `is ${quote(named)}, but the configuration says ${quote(issuer)}` },
    ];
  }
  const { host } = new URL(openidConfigurationUrl);
  if (new URL(issuer).host === host || SHARED_ISSUERS.test(issuer)) return [];
  const detail = `says issuer ${quote(issuer)}, which is not on ${host}; if that is right, give it as issuer too`;
  return [{ pointer: AT, detail }];
}

/** What is wrong with an address, undefined when nothing is. */
function addressOf(value: unknown, allowPrivateNetworks: boolean): string | undefined {
  if (value === undefined) return 'is missing';
  const url = urlField().safeParse(value).success ? new URL(value as string) : undefined;
  if (url?.hash !== '') return 'is no web address';
  return addressProblem(url.href, allowPrivateNetworks);
}

/** The vendor: by its addresses, else by what it calls itself. */
function profileOf(
  configuration: Configuration,
  addresses: { issuer: string; tokenUrl: string },
): ProfileName {
  const detected = detectProfile(addresses);
  if (detected !== 'generic') return detected;
  const platform = configuration['https://purl.imsglobal.org/spec/lti-platform-configuration'];
  const family = (platform as { product_family_code?: unknown } | null | undefined)?.product_family_code;
  return (typeof family === 'string' && profileOfFamily(family)) || 'generic';
}

/** Whom assertions are for, if not the token endpoint; asked of unknown vendors only (Canvas says a host it does not take). */
function audienceOf({ authorization_server: server }: Configuration): string | undefined {
  const isAddress = typeof server === 'string' && server.length <= 2048 && /^https?:/.test(server);
  return isAddress && URL.canParse(server) ? server : undefined;
}
