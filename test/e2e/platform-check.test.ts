import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CheckBench, openCheckBench, platformId } from '../support/misconfigured.ts';
import { MISTAKES } from './platform-mistakes.ts';

let bench: CheckBench;

beforeAll(async () => {
  bench = await openCheckBench();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

describe('a check of a registration finds what is wrong', () => {
  it.each(MISTAKES)('$wrong', async ({ profile = 'generic', there, here, course, later, ...expected }) => {
    const site = await bench.site(profile);
    const { platforms, toolKeys } = bench.gradewire.client;
    await there?.(site, bench);
    const change = here?.(site, bench) ?? {};
    if ('toolKeyId' in change) await toolKeys.import('from-before', { pem: privatePem() });
    await platforms.put(platformId, { ...site.registration, ...change } as never);
    await later?.(site, bench);

    const { ok, steps } = await platforms.check(platformId, course?.(site));
    const wrong = steps.filter((step) => !step.ok);
    expect(ok).toBe(false);
    expect(wrong[0]).toMatchObject({ name: expected.step, reason: expected.reason });
    expect(wrong[0]!.hint).toMatch(expected.hint);
    if (expected.detail) expect(wrong[0]!.detail).toMatch(expected.detail);
  });

  it('a private network that we may not enter', async () => {
    const site = await bench.site('generic');
    await bench.gradewire.client.platforms.put(platformId, site.registration as never);
    const { steps } = await bench.strict.client.platforms.check(platformId);
    expect(steps).toMatchObject([
      {
        name: 'reachable',
        ok: false,
        reason: 'PRIVATE_NETWORK',
        hint: expect.stringContaining('ALLOW_PRIVATE'),
      },
    ]);
    expect(site.simulator.requests()).toEqual([]);
  });
});

describe('a platform registered by what it says of itself', () => {
  it.each([
    ['moodle', '/mod/lti/openid-configuration.php'],
    ['generic', '/.well-known/openid-configuration'],
  ] as const)('on %s, is checked as well as one whose addresses were typed', async (profile, path) => {
    const { simulator, registration } = await bench.site(profile);
    const { platforms } = bench.gradewire.client;
    const { name, clientId, deploymentIds } = registration;
    const openidConfigurationUrl = `${simulator.url}${path}`;
    const put = { name, clientId, deploymentIds, openidConfigurationUrl };
    const { issuer, tokenUrl, jwksUrl } = await platforms.put(platformId, put as never);
    expect({ issuer, tokenUrl, jwksUrl }).toMatchObject({
      issuer: registration.issuer,
      tokenUrl: registration.tokenUrl,
      jwksUrl: registration.jwksUrl,
    });
    const { ok, steps } = await platforms.check(platformId);
    expect([ok, steps[0]]).toMatchObject([true, { name: 'configuration', ok: true }]);
  });
});

function privatePem(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
