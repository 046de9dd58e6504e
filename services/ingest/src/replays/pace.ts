export interface Pace {
  /** Scores that go together. */
  size: number;
  /** Time from one group to the next. */
  intervalMs: number;
}

const LARGEST = 50;
const GROUPS_PER_SECOND = 5;

/** How a rate is kept: in small groups at even distances, so that it holds over every second, too. */
export function paceOf(ratePerSecond: number | undefined): Pace {
  if (ratePerSecond === undefined) return { size: LARGEST, intervalMs: 0 };
  const size = Math.min(LARGEST, Math.max(1, Math.floor(ratePerSecond / GROUPS_PER_SECOND)));
  return { size, intervalMs: (size / ratePerSecond) * 1_000 };
}
