import { SCOPES } from '@gradewire/ags';
import type { PlatformInput } from '@gradewire/passback';
import { describe, expect, it } from 'vitest';
import { fillIn } from './openid-configuration.ts';

type Change = Partial<Omit<PlatformInput, 'openidConfigurationUrl'> & { openidConfigurationUrl: string }>;

const input = {
  name: 'Springfield',
  clientId: 'abc',
  openidConfigurationUrl: 'https://lms.example/.well-known/openid-configuration',
} satisfies PlatformInput;

const moodle = {
  issuer: 'https://lms.example',
  token_endpoint: 'https://lms.example/mod/lti/token.php',
  jwks_uri: 'https://lms.example/mod/lti/certs.php',
  token_endpoint_auth_methods_supported: ['private_key_jwt'],
  token_endpoint_auth_signing_alg_values_supported: ['RS256'],
  scopes_supported: [...Object.values(SCOPES), 'openid'],
};
const ofFamily = (code: unknown) => ({
  'https://purl.imsglobal.org/spec/lti-platform-configuration': { product_family_code: code },
});
const plain = {
  ...moodle,
  token_endpoint: 'https://lms.example/token',
  jwks_uri: 'https://lms.example/jwks',
};

describe('fillIn', () => {
  it.each<[string, Change, object, object]>([
    [
      'takes issuer, token address and keys',
      {},
      moodle,
      {
        issuer: 'https://lms.example',
        tokenUrl: 'https://lms.example/mod/lti/token.php',
        jwksUrl: 'https://lms.example/mod/lti/certs.php',
        profile: 'moodle',
      },
    ],
    [
      'leaves what is given',
      { tokenUrl: 'https://t.example/t' },
      moodle,
      { tokenUrl: 'https://t.example/t' },
    ],
    [
      'knows a vendor by its family',
      {},
      { ...plain, ...ofFamily('desire2learn') },
      { profile: 'brightspace' },
    ],
    ['takes an unknown family for any platform', {}, { ...plain, ...ofFamily(7) }, { profile: 'generic' }],
    [
      'takes the audience of an unknown vendor',
      {},
      { ...plain, authorization_server: 'https://auth.example' },
      { audience: 'https://auth.example' },
    ],
    [
      'takes the issuer that all Canvas schools share',
      { openidConfigurationUrl: 'https://school.instructure.com/api/lti/security/openid-configuration' },
      {
        ...moodle,
        issuer: 'https://canvas.instructure.com',
        token_endpoint: 'https://sso.canvaslms.com/login/oauth2/token',
        authorization_server: 'canvas.instructure.com',
      },
      { issuer: 'https://canvas.instructure.com', profile: 'canvas' },
    ],
    [
      'takes an issuer on another host when it is confirmed',
      { issuer: 'https://id.example' },
      { ...moodle, issuer: 'https://id.example' },
      { issuer: 'https://id.example' },
    ],
    ['misses no list that is left out', {}, { ...moodle, scopes_supported: undefined }, {}],
  ])('%s', (_name, change, configuration, expected) => {
    const filled = fillIn({ ...input, ...change }, configuration as never, false);
    expect(filled).toMatchObject(expected);
    expect(filled).not.toHaveProperty('problems');
  });

  it('leaves the audience of a known vendor to us', () => {
    const filled = fillIn(input, { ...moodle, authorization_server: 'https://auth.example' }, false);
    expect(filled).not.toHaveProperty('audience');
  });

  it.each<[string, Change, object, string, RegExp]>([
    [
      'no issuer',
      {},
      { issuer: undefined },
      '/openidConfigurationUrl',
      /says issuer nothing, which is missing/,
    ],
    [
      'an issuer that is none',
      {},
      { issuer: 'lms' },
      '/openidConfigurationUrl',
      /issuer "lms".*no web address/,
    ],
    [
      'an issuer on another host',
      {},
      { issuer: 'https://old.example' },
      '/openidConfigurationUrl',
      /issuer "https:\/\/old\.example", which is not on lms\.example; .*give it as issuer/,
    ],
    [
      'another issuer than the one given',
      { issuer: 'https://lms.example/' },
      {},
      '/issuer',
      /is "https:\/\/lms\.example\/", but the configuration says "https:\/\/lms\.example"/,
    ],
    ['no token address', {}, { token_endpoint: null }, '/openidConfigurationUrl', /token_endpoint null/],
    [
      'a token address without https',
      {},
      { token_endpoint: 'http://lms.example/token' },
      '/openidConfigurationUrl',
      /token_endpoint "http:\/\/lms\.example\/token", which must be https/,
    ],
    [
      'a token address with a password',
      {},
      { token_endpoint: 'https://tool:pw@lms.example/token' },
      '/openidConfigurationUrl',
      /token_endpoint .* which is no web address/,
    ],
    [
      'an issuer that is no address as it is written',
      { issuer: 'https://lms.example' },
      { issuer: 'https://lms.example\n' },
      '/openidConfigurationUrl',
      /issuer .* which is no web address/,
    ],
    [
      'keys in a private network',
      {},
      { jwks_uri: 'https://10.1.2.3/jwks' },
      '/openidConfigurationUrl',
      /jwks_uri "https:\/\/10\.1\.2\.3\/jwks", which must not be in a private network/,
    ],
    [
      'no scope for scores',
      {},
      { scopes_supported: ['openid'] },
      '/openidConfigurationUrl',
      /scopes_supported \["openid"\], without \S+scope\/score/,
    ],
    [
      'tools that show a password',
      {},
      { token_endpoint_auth_methods_supported: ['client_secret_basic'] },
      '/openidConfigurationUrl',
      /without private_key_jwt/,
    ],
    [
      'another signature',
      {},
      { token_endpoint_auth_signing_alg_values_supported: ['ES256'] },
      '/openidConfigurationUrl',
      /without RS256/,
    ],
  ])('refuses %s', (_name, change, configuration, pointer, words) => {
    const refused = fillIn({ ...input, ...change }, { ...moodle, ...configuration }, false);
    expect(refused).toMatchObject({ problems: [{ pointer, detail: expect.stringMatching(words) }] });
  });

  it('tells all that is wrong at once, and not at length', () => {
    const refused = fillIn(input, { issuer: 'x'.repeat(5_000), token_endpoint: 7, jwks_uri: [] }, false);
    const { problems } = refused as { problems: { detail: string }[] };
    expect(problems).toHaveLength(3);
    expect(Math.max(...problems.map(({ detail }) => detail.length))).toBeLessThan(200);
  });
});
