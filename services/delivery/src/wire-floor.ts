import type { PlatformAnswer } from '@gradewire/ags';
import type { ProfileName } from '@gradewire/passback';

const second = 1_000;

/**
 * Moodle stamps a cell that a progress report or a clearing emptied with its own clock instead of the score's timestamp (recorded from
 * 4.5.6), so that later timestamps must come after that instant.
 */
export function wireFloorMs(
  profile: ProfileName,
  answer: PlatformAnswer | undefined,
  now: number,
): number | undefined {
  return profile === 'moodle' ? platformTimeMs(answer, now) : undefined;
}

/**
 * The platform's clock when it answered, ms, or `now` when that is later. It is read from the answer's `Date`, whose
 * seconds are rounded down.
 */
export function platformTimeMs(answer: PlatformAnswer | undefined, now: number): number {
  const date = answer?.kind === 'response' ? Date.parse(answer.headers.date ?? '') : Number.NaN;
  return Number.isNaN(date) ? now : Math.max(now, date + second);
}
