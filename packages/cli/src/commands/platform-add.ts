import type { PlatformInput, ProfileName } from '@gradewire/sdk';
import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { numberFlag } from '../command/numbers.ts';

export const platformAdd = defineCommand({
  words: ['platform', 'add'],
  summary: 'Register a learning platform, or replace its registration',
  args: { usage: 'PLATFORM_ID', min: 1, max: 1 },
  details: 'PLATFORM_ID is a short name of your choice: lower-case letters, digits and hyphens.',
  examples: [
    'gradewire platform add moodle --name "Springfield Moodle" --client-id abc \\',
    '    --issuer https://lms.example --token-url https://lms.example/mod/lti/token.php',
  ],
  flags: {
    name: { value: 'TEXT', help: 'what people call it', required: true },
    'client-id': { value: 'ID', help: 'client id that the platform gave the tool', required: true },
    issuer: { value: 'URL', help: "the platform's issuer" },
    'token-url': { value: 'URL', help: 'where access tokens come from' },
    'openid-configuration-url': { value: 'URL', help: 'read issuer and token URL from here instead' },
    'jwks-url': { value: 'URL', help: "the platform's keys, for launches" },
    audience: { value: 'TEXT', help: 'audience of the client assertion' },
    profile: {
      value: 'NAME',
      help: 'canvas, moodle, blackboard, brightspace, schoology, sakai, openedx or generic',
    },
    'deployment-id': { value: 'ID', help: 'a deployment of the tool', multiple: true },
    'service-origin': { value: 'ORIGIN', help: 'an origin that tokens may be sent to', multiple: true },
    concurrency: { value: 'N', help: 'requests at once' },
    rate: { value: 'N', help: 'requests per second' },
    'limit-group': { value: 'NAME', help: 'platforms that share limits' },
    'tool-key': { value: 'KID', help: 'sign with this key always' },
  },
  async run({ gradewire, out, json, signal }, flags, [platformId = '']) {
    const concurrency = numberFlag('concurrency', flags.concurrency, { min: 1, integer: true });
    const ratePerSecond = numberFlag('rate', flags.rate, { min: 0 });
    const limits = { ...(concurrency ? { concurrency } : {}), ...(ratePerSecond ? { ratePerSecond } : {}) };
    const input: PlatformInput = {
      name: flags.name,
      clientId: flags['client-id'],
      ...(flags.issuer ? { issuer: flags.issuer } : {}),
      ...(flags['token-url'] ? { tokenUrl: flags['token-url'] } : {}),
      ...(flags['openid-configuration-url']
        ? { openidConfigurationUrl: flags['openid-configuration-url'] }
        : {}),
      ...(flags['jwks-url'] ? { jwksUrl: flags['jwks-url'] } : {}),
      ...(flags.audience ? { audience: flags.audience } : {}),
      ...(flags.profile ? { profile: flags.profile as ProfileName } : {}),
      ...(flags['deployment-id'] ? { deploymentIds: flags['deployment-id'] } : {}),
      ...(flags['service-origin'] ? { serviceOrigins: flags['service-origin'] } : {}),
      ...(Object.keys(limits).length > 0 ? { limits } : {}),
      ...(flags['limit-group'] ? { limitGroup: flags['limit-group'] } : {}),
      ...(flags['tool-key'] ? { toolKeyId: flags['tool-key'] } : {}),
    };
    const platform = await gradewire().platforms.put(platformId, input, { signal });
    if (json) out.line(JSON.stringify(platform));
    else {
      out.line(`Registered ${out.paint('bold', platformId)} with the profile ${platform.profile}.`);
      out.line(`Try it: gradewire platform check ${platformId}`);
    }
    return EXIT.ok;
  },
});
