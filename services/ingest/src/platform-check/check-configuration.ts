import type { SendRequest } from '@gradewire/ags';
import type { Platform } from '@gradewire/passback';
import { type CheckStep, failed, passed, warned } from './check-step.ts';
import { fetchConfiguration } from './fetch-configuration.ts';
import { quote } from './quote.ts';

/** Whether the platform still says of itself what was read when it was registered by its configuration. */
export async function checkConfiguration(
  { openidConfigurationUrl: url, issuer, tokenUrl, profile }: Platform,
  send: SendRequest,
): Promise<CheckStep[]> {
  if (url === undefined) return [];
  const startedMs = performance.now();
  const fetched = await fetchConfiguration(url, send);
  const ms = performance.now() - startedMs;
  if (!fetched.ok) {
    const detail = `openidConfigurationUrl ${fetched.problem}.`;
    return [warned('configuration', { finding: 'CONFIGURATION_UNREADABLE', detail }, profile, ms)];
  }
  const { issuer: itsIssuer, token_endpoint: itsTokenUrl } = fetched.configuration;
  if (itsIssuer !== issuer) {
    const detail = `It says ${quote(itsIssuer)}; registered: ${quote(issuer)}.`;
    return [failed('configuration', { finding: 'ISSUER_MISMATCH', detail }, profile, ms)];
  }
  if (itsTokenUrl !== tokenUrl) {
    const detail = `It says ${quote(itsTokenUrl)}; registered: ${quote(tokenUrl)}.`;
    return [warned('configuration', { finding: 'TOKEN_URL_CHANGED', detail }, profile, ms)];
  }
  return [passed('configuration', 'What the platform says of itself is what is registered.', ms)];
}
