import {
  createClientAssertion,
  type NoResponse,
  readTokenResponse,
  type SendRequest,
  tokenRequest,
} from '@gradewire/ags';
import type { Platform } from '../platform.ts';
import { SealBrokenError } from './secret-box.ts';
import type { FetchedToken } from './token-cache.ts';
import { ToolKeyError } from './tool-key.ts';
import type { SigningKey, ToolKeyStore } from './tool-key-store.ts';

/** One request to a token endpoint, for whoever counts them. `httpStatus` is absent when nothing answered. */
export interface TokenFetched {
  platformId: string;
  /** The key that signed: what a platform that refuses all of a sudden may lack. */
  kid: string;
  ok: boolean;
  httpStatus?: number;
}

/** Asks a platform's token endpoint once, with a fresh assertion signed by the platform's tool key. */
export async function fetchToken(
  parts: {
    toolKeys: Pick<ToolKeyStore, 'signingKey' | 'ensure'>;
    /** That of the turn the token is wanted in: the request counts towards the platform's limits. */
    send: SendRequest;
    events: { tokenFetched(event: TokenFetched): void };
  },
  platform: Platform,
  scopes: readonly string[],
): Promise<FetchedToken> {
  const key = await signingKey(parts.toolKeys, platform);
  if ('detail' in key) return { ok: false, answer: key };
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
  parts.events.tokenFetched({
    platformId,
    kid: key.kid,
    ok: reading?.ok === true,
    ...(httpStatus && { httpStatus }),
  });
  return reading?.ok ? { ok: true, token: reading.value } : { ok: false, answer };
}

// Not the platform's fault, but scores wait for it as for a platform that is away, and this is what they show.
const noKey = (detail: string): NoResponse => ({
  kind: 'noResponse',
  stage: 'token',
  code: 'OTHER',
  maybeSeen: false,
  detail,
  durationMs: 0,
});

async function signingKey(
  toolKeys: Pick<ToolKeyStore, 'signingKey' | 'ensure'>,
  platform: Platform,
): Promise<SigningKey | NoResponse> {
  try {
    return await toolKeys.signingKey(platform);
  } catch (error) {
    if (error instanceof SealBrokenError) return noKey('the encryption key does not open the tool key');
    if (!(error instanceof ToolKeyError)) throw error;
    if (error.code === 'UNKNOWN_KEY') return noKey(error.message);
    if (error.code !== 'NO_KEY') throw error;
    await toolKeys.ensure();
    return toolKeys.signingKey(platform);
  }
}
