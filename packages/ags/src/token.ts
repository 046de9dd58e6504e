import type { PlatformRequest, PlatformResponse } from './messages.ts';
import { failed, isObject, type Reading, readJson } from './reading.ts';
import { MEDIA_TYPES } from './vocabulary.ts';

export interface AccessToken {
  accessToken: string;
  expiresInSeconds: number;
  /** What was granted, which may be less than what was asked for. */
  scopes: string[];
}

const UNSAID_LIFE_SECONDS = 300;

/** Asks for an access token by client credentials (RFC 6749 section 4.4, RFC 7523 section 2.2). */
export function tokenRequest(options: {
  tokenUrl: string;
  assertion: string;
  scopes: readonly string[];
  signal?: AbortSignal;
}): PlatformRequest {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: options.assertion,
    scope: options.scopes.join(' '),
  });
  return {
    stage: 'token',
    method: 'POST',
    url: options.tokenUrl,
    // Moodle compares the content type literally: no charset.
    headers: { accept: MEDIA_TYPES.json, 'content-type': MEDIA_TYPES.form },
    body: form.toString(),
    ...(options.signal && { signal: options.signal }),
  };
}

/**
 * Reads a token endpoint's answer. Without a `scope` the requested ones were granted (RFC 6749 section 5.1);
 * without a usable `expires_in` the token is taken to live 300 s.
 */
export function readTokenResponse(
  answer: PlatformResponse,
  requestedScopes: readonly string[],
): Reading<AccessToken> {
  const json = readJson(answer);
  if (!json.ok) return json;
  const token = json.value;
  if (!isObject(token)) return failed(answer, 'the token answer is not an object');
  // Visible ASCII only: anything else could not be sent as a header.
  if (typeof token.access_token !== 'string' || !/^[\x21-\x7e]+$/.test(token.access_token))
    return failed(answer, 'the token answer has no usable access_token');
  if (typeof token.token_type === 'string' && token.token_type.toLowerCase() !== 'bearer')
    return failed(answer, 'the token is not a bearer token');
  return {
    ok: true,
    value: {
      accessToken: token.access_token,
      expiresInSeconds: lifeOf(token.expires_in),
      scopes: scopesOf(token.scope) ?? [...requestedScopes],
    },
  };
}

function lifeOf(value: unknown): number {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const usable = typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0;
  return usable ? seconds : UNSAID_LIFE_SECONDS;
}

function scopesOf(value: unknown): string[] | undefined {
  const words = typeof value === 'string' ? value.split(/\s+/) : Array.isArray(value) ? value : [];
  const scopes = words.filter((scope): scope is string => typeof scope === 'string' && scope !== '');
  return scopes.length > 0 ? [...new Set(scopes)] : undefined;
}
