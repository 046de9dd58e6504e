/** A learnt rate: `ratePerSecond` when the pause after the refusal ends, times e every `1 / growthPerSecond` seconds. */
export interface Pace {
  ratePerSecond: number;
  growthPerSecond: number;
}

/** What happened between two refusals. The platform's bucket was empty at both ends. */
export interface BetweenRefusals {
  /** Requests that it let through. */
  served: number;
  /** How long that was, the pause after the first refusal included. */
  forMs: number;
  /** The pace at the second refusal, per second. */
  ratePerSecond: number;
}

/** A request every two seconds. What is slower still is left to the pauses. */
const SLOWEST_PER_SECOND = 0.5;
/** Until a second refusal tells the rate, the pace doubles so often: a bucket of any size is found soon. */
const DOUBLING_SECONDS = 0.7;
/** How far below the rate that seems right the next pace begins, so that the bucket may fill. */
const BELOW = 0.95;
/** The pace at a refusal says how much is too much only up to so many times what was served. */
const FURTHEST = 8;
/** The pace of the last refusal is tried again after so many times the time between the last two, and no later than this. */
const PATIENCE = 3;
const LONGEST_PATIENCE_SECONDS = 60;

/**
 * How fast to go on after a platform refused a request for their number, as TCP does (CUBIC, RFC 9438): below what was too much, slowly
 * back to it, then beyond. Of a bucket that was empty at both ends, what was served between is what it refills, or less if
 * it overflowed during the pause; the pace that emptied it is what it refills, or more. The truth is in between, nearer to
 * the former. The longer it took to be refused again, the better the rate is known, and the longer it is kept.
 * @param before absent at the first refusal: then nothing is known, and it begins with `concurrency` requests a second
 */
export function paceAfterRefusal(concurrency: number, before?: BetweenRefusals): Pace {
  if (!before) return { ratePerSecond: concurrency, growthPerSecond: Math.LN2 / DOUBLING_SECONDS };
  const seconds = before.forMs / 1_000;
  const least = before.served / seconds;
  const most = Math.min(Math.max(before.ratePerSecond, least), FURTHEST * least);
  const likely = (least * least * most) ** (1 / 3);
  const ratePerSecond = Math.max(SLOWEST_PER_SECOND, likely * BELOW);
  const tooMuch = Math.max(most, ratePerSecond / BELOW);
  const backInSeconds = Math.min(PATIENCE * seconds, LONGEST_PATIENCE_SECONDS);
  return { ratePerSecond, growthPerSecond: Math.log(tooMuch / ratePerSecond) / backInSeconds };
}
