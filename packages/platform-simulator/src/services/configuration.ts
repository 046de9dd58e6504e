import type { Profile } from '../profiles/profile.ts';
import { SCOPES } from '../profiles/profile.ts';
import type { PlatformUrls } from './urls.ts';

/** The OpenID configuration with LTI's additions. */
export function openidConfiguration(profile: Profile, urls: PlatformUrls): Record<string, unknown> {
  return {
    issuer: urls.issuer,
    authorization_endpoint: urls.authorization,
    token_endpoint: urls.token,
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: profile.token.algorithms,
    jwks_uri: urls.jwks,
    scopes_supported: ['openid', ...Object.values(SCOPES)],
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ['iss', 'sub', 'aud', 'name', 'given_name', 'family_name', 'email'],
    'https://purl.imsglobal.org/spec/lti-platform-configuration': {
      product_family_code: profile.productFamilyCode,
      version: '1',
      messages_supported: [{ type: 'LtiResourceLinkRequest' }],
      variables: [],
    },
  };
}
