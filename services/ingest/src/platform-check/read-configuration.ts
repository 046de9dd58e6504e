import type { SendRequest } from '@gradewire/ags';
import { type PlatformInput, resolvePlatform } from '@gradewire/passback';
import { invalid } from '../http/validate.ts';

/**
 * Fills in what the platform's OpenID configuration says (LTI Dynamic Registration 1.0 section 3.4); what the input
 * names itself stays. Without an `openidConfigurationUrl` the input comes back as it is.
 * @throws Problem `INVALID` when it may not or cannot be read
 */
export async function readConfiguration(
  input: PlatformInput,
  { send, allowPrivateNetworks }: { send: SendRequest; allowPrivateNetworks: boolean },
): Promise<PlatformInput> {
  const url = input.openidConfigurationUrl;
  if (url === undefined) return input;
  const refuse = (detail: string) => invalid([{ pointer: '/openidConfigurationUrl', detail }]);

  // The address is judged before anything is sent there; the URLs it stands in for are not known yet.
  const probe = {
    name: input.name,
    clientId: input.clientId,
    openidConfigurationUrl: url,
    issuer: url,
    tokenUrl: url,
  };
  const judged = resolvePlatform('probe', { ...probe, profile: 'generic' }, 0, { allowPrivateNetworks });
  const problem =
    'problems' in judged
      ? judged.problems.find(({ pointer }) => pointer === '/openidConfigurationUrl')
      : undefined;
  if (problem) throw invalid([problem]);

  const answer = await send({
    stage: 'configuration',
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
  });
  if (answer.kind === 'noResponse') throw refuse(`cannot be read: ${answer.detail}`);
  if (answer.status !== 200) throw refuse(`cannot be read: it answers with status ${answer.status}`);
  const configuration = parseObject(answer.body);
  if (!configuration) throw refuse('does not answer with a JSON object');
  const { issuer, token_endpoint: tokenUrl, jwks_uri: jwksUrl } = configuration;
  return {
    ...input,
    ...(input.issuer === undefined && { issuer: webUrl(issuer, 'issuer') }),
    ...(input.tokenUrl === undefined && { tokenUrl: webUrl(tokenUrl, 'token_endpoint') }),
    ...(input.jwksUrl === undefined && jwksUrl !== undefined && { jwksUrl: webUrl(jwksUrl, 'jwks_uri') }),
  };

  function webUrl(value: unknown, member: string): string {
    if (
      typeof value === 'string' &&
      value.length <= 2048 &&
      /^https?:$/.test(URL.parse(value)?.protocol ?? '')
    ) {
      return value;
    }
    throw refuse(`answers without a usable ${member}`);
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
