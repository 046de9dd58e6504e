/** Assertions are dated five seconds back, and some platforms refuse one from the future. */
const MAX_AHEAD_MS = 5_000;
/** Canvas refuses assertions that are five minutes old. */
const MAX_BEHIND_MS = 240_000;

export interface ClockFinding {
  ok: boolean;
  detail: string;
}

/**
 * Compares our clock with the `Date` of an answer, which tells whole seconds.
 * @param sentAtMs when the request left, @param receivedAtMs when the answer was there, both by our clock
 */
export function compareClocks(
  date: string | undefined,
  sentAtMs: number,
  receivedAtMs: number,
): ClockFinding {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return { ok: true, detail: 'The platform does not tell its time.' };
  // Their second began up to a second before and while the request was under way.
  const aheadMs = Math.max(0, sentAtMs - (theirs + 1_000));
  const behindMs = Math.max(0, theirs - receivedAtMs);
  if (aheadMs > MAX_AHEAD_MS)
    return { ok: false, detail: `Our clock is ${seconds(aheadMs)} ahead of the platform's.` };
  if (behindMs > MAX_BEHIND_MS)
    return { ok: false, detail: `Our clock is ${seconds(behindMs)} behind the platform's.` };
  const apart = Math.max(aheadMs, behindMs);
  return {
    ok: true,
    detail:
      apart < 1_000 ? 'The clocks agree.' : `The clocks are ${seconds(apart)} apart, which does no harm.`,
  };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
