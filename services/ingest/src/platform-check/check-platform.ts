import type { ClientAssertionOptions, SendRequest } from '@gradewire/ags';
import { diagnoseSilence, diagnoseToken, type FindingCode, type Platform } from '@gradewire/passback';
import { askForToken } from './ask-for-token.ts';
import { checkClock } from './check-clock.ts';
import { checkConfiguration } from './check-configuration.ts';
import { checkKeys } from './check-keys.ts';
import { checkLineItem, checkLineItems } from './check-line-items.ts';
import { checkScopes } from './check-scopes.ts';
import { type CheckStep, failed, passed } from './check-step.ts';

export interface CheckOptions {
  platform: Platform;
  /** What signs, or why there is nothing to sign with. */
  key: ClientAssertionOptions['key'] | 'KEY_NOT_STORED' | 'KEY_NOT_OPENED';
  /** Where platforms are told that our public keys are. */
  keySetUrl: string;
  allowPrivateNetworks: boolean;
  send: SendRequest;
  now: () => number;
  /** The line items of a course, and one of them, to try those too. */
  lineItemsUrl?: string;
  lineItemUrl?: string;
}

/** Refusals that a key set which the platform cannot read would explain. */
const ABOUT_KEYS: readonly FindingCode[] = [
  'CLIENT_UNKNOWN',
  'KEY_SET_UNREACHABLE',
  'KEY_UNKNOWN',
  'SIGNATURE_REFUSED',
  'TOKEN_REFUSED',
];

/**
 * Tries a registration without touching a grade: asks for a token, looks at what was granted and at the clocks, and
 * reads the columns of a course if it is told of one. Every step says what was found and what to do; those after a
 * failed one are left out.
 */
export async function checkPlatform(options: CheckOptions): Promise<CheckStep[]> {
  const { platform, key, send, now } = options;
  const configuration = await checkConfiguration(platform, send);
  if (typeof key === 'string') {
    const detail = platform.toolKeyId ? `Pinned: ${platform.toolKeyId}.` : 'No key is pinned.';
    return [...configuration, failed('keys', { finding: key, detail }, platform.profile)];
  }
  const { answer, asked, token, sentAtMs, receivedAtMs } = await askForToken({ platform, key, send, now });
  const ms = answer.durationMs;
  if (answer.kind === 'noResponse') {
    return [...configuration, failed('reachable', diagnoseSilence(answer), platform.profile, ms)];
  }
  const reached = [
    ...configuration,
    passed('reachable', `The token address answers, with status ${answer.status}.`, ms),
  ];
  const clock = checkClock(answer.headers.date, sentAtMs, receivedAtMs, platform.profile);
  if (!token?.ok) {
    const diagnosis = diagnoseToken(answer, platform, { clockDiffers: !clock.ok });
    const ahead = diagnosis.finding === 'CLOCK_DIFFERS' && !clock.ok ? ` ${clock.detail}` : '';
    const refused = { ...diagnosis, detail: diagnosis.detail + ahead };
    const keys = ABOUT_KEYS.includes(diagnosis.finding) ? [await checkKeys(key.kid, options)] : [];
    return [...reached, failed('token', refused, platform.profile, ms), ...keys, clock];
  }
  const { accessToken, expiresInSeconds, scopes } = token.value;
  return [
    ...reached,
    passed('token', `Granted for ${expiresInSeconds} s.`, ms),
    checkScopes(scopes, asked, platform.profile),
    clock,
    await checkLineItems(options, { accessToken, scopes }),
    ...(await checkLineItem(options, { accessToken, scopes })),
  ];
}
