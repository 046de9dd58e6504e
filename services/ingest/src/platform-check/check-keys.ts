import type { PlatformResponse } from '@gradewire/ags';
import { addressProblem } from '@gradewire/passback';
import type { CheckOptions } from './check-platform.ts';
import { type CheckStep, failed, passed } from './check-step.ts';

/**
 * Whether our public keys can be read at the address that platforms are given, and hold the one that signs. It is seen
 * from here: what stands between us and the platform is not.
 */
export async function checkKeys(
  kid: string,
  {
    platform: { profile },
    keySetUrl,
    allowPrivateNetworks,
    send,
  }: Pick<CheckOptions, 'platform' | 'keySetUrl' | 'allowPrivateNetworks' | 'send'>,
): Promise<CheckStep> {
  const at = `At ${keySetUrl}`;
  const problem = addressProblem(keySetUrl, allowPrivateNetworks);
  if (problem)
    return failed('keys', { finding: 'KEY_SET_PRIVATE', detail: `${keySetUrl} ${problem}.` }, profile);
  const headers = { accept: 'application/json' };
  const answer = await send({ stage: 'keys', method: 'GET', url: keySetUrl, headers });
  const ms = answer.durationMs;
  if (answer.kind === 'noResponse') {
    const finding = answer.code === 'PRIVATE_ADDRESS' ? 'KEY_SET_PRIVATE' : 'KEY_SET_UNREADABLE';
    return failed('keys', { finding, detail: `${at}: ${answer.detail}.` }, profile, ms);
  }
  if (answer.status !== 200) {
    const detail = `${at}: status ${answer.status}.`;
    return failed('keys', { finding: 'KEY_SET_UNREADABLE', detail }, profile, ms);
  }
  return kidsIn(answer).includes(kid)
    ? passed('keys', `${at} they open from here. The platform needs exactly this address.`, ms)
    : failed(
        'keys',
        { finding: 'KEY_SET_FOREIGN', detail: `${at}: the key ${kid} is not there.` },
        profile,
        ms,
      );
}

function kidsIn({ body }: PlatformResponse): unknown[] {
  try {
    const { keys } = JSON.parse(body) as { keys: { kid?: unknown }[] };
    return keys.map(({ kid }) => kid);
  } catch {
    return [];
  }
}
