import type { ProfileName } from '@gradewire/passback';
import { type CheckStep, failed, passed } from './check-step.ts';
import { compareClocks } from './clock.ts';

/** Whether our clock is near enough to the platform's, as far as the `Date` of its answer tells. */
export function checkClock(
  date: string | undefined,
  sentAtMs: number,
  receivedAtMs: number,
  profile: ProfileName,
): CheckStep {
  const { ok, detail } = compareClocks(date, sentAtMs, receivedAtMs);
  return ok ? passed('clock', detail) : failed('clock', { finding: 'CLOCK_DIFFERS', detail }, profile);
}
