import {
  createClientAssertion,
  type NoResponse,
  readTokenResponse,
  type SendRequest,
  tokenRequest,
} from '@gradewire/ags';
import type { Platform } from '@gradewire/passback';
import type { FetchedToken, ToolKeyStore } from '@gradewire/passback/redis';
import type { DeliveryEvents } from './events.ts';

/** Asks a platform's token endpoint once, with a fresh assertion signed by the platform's tool key. */
export async function fetchToken(
  parts: {
    toolKeys: Pick<ToolKeyStore, 'signingKey' | 'ensure'>;
    /** That of the turn the token is wanted in: the request counts towards the platform's limits. */
    send: SendRequest;
    events: Pick<DeliveryEvents, 'tokenFetched'>;
  },
  platform: Platform,
  scopes: readonly string[],
): Promise<FetchedToken> {
  const key = await signingKey(parts.toolKeys, platform.toolKeyId);
  if (!key) return { ok: false, answer: noKey };
  const { clientId, audience, tokenUrl, id: platformId, deploymentIds = [] } = platform;
  const [deploymentId] = deploymentIds;
  const assertion = await createClientAssertion({
    clientId,
    audience,
    key,
    ...(deploymentId && { deploymentId }),
  });
  const answer = await parts.send(tokenRequest({ tokenUrl, assertion, scopes }));
  const reading = answer.kind === 'response' ? readTokenResponse(answer, scopes) : undefined;
  const httpStatus = answer.kind === 'response' ? answer.status : undefined;
  parts.events.tokenFetched({ platformId, ok: reading?.ok === true, ...(httpStatus && { httpStatus }) });
  return reading?.ok ? { ok: true, token: reading.value } : { ok: false, answer };
}

// Not the platform's fault, but scores wait for it as for a platform that is away, and this is what they show.
const noKey: NoResponse = {
  kind: 'noResponse',
  stage: 'token',
  code: 'OTHER',
  maybeSeen: false,
  detail: 'the tool key that is pinned for this platform is not stored',
  durationMs: 0,
};

async function signingKey(
  toolKeys: Pick<ToolKeyStore, 'signingKey' | 'ensure'>,
  pinned: string | undefined,
): Promise<Awaited<ReturnType<ToolKeyStore['signingKey']>> | undefined> {
  try {
    return await toolKeys.signingKey(pinned);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'UNKNOWN_KEY') return undefined;
    if (error.code !== 'NO_KEY') throw error;
    await toolKeys.ensure();
    return toolKeys.signingKey(pinned);
  }
}
