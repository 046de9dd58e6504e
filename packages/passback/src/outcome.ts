import type { ReasonCode } from './reasons.ts';

/** A failure that waiting can heal. */
export interface TransientOutcome {
  kind: 'transient';
  /** What a reader of the score sees while it is retried. */
  reason: ReasonCode;
  /** The platform's wish, from `Retry-After`. */
  retryAfterMs?: number;
  /** The platform can have acted on the request: the retry is identical, and "older" then means that it landed. */
  ambiguous: boolean;
  /** Other cells would have met it too; false when only this cell is in trouble (a locked grade). */
  systemic: boolean;
  /** The reason of the dead letter when it never heals. */
  finalReason: ReasonCode;
  /** A count that ends it before its age does. */
  budget?: { maxTries?: number };
}

/** What one answer of a platform means for the score, without the words that came with it. */
export type OutcomeMeaning =
  | { kind: 'delivered' }
  /** The platform says that the timestamp is equal to or older than the one it has. */
  | { kind: 'older' }
  | TransientOutcome
  | { kind: 'throttled'; retryAfterMs?: number }
  /** Drop exactly this token, fetch one new, try once more; `then` is the dead letter's reason if that fails alike. */
  | { kind: 'renewToken'; then: ReasonCode }
  /** Drop the resolution of the line item, resolve again, try once more; else dead with `then`. */
  | { kind: 'reresolve'; then: ReasonCode }
  /** Post once more, as a regrade and no new attempt of the student's; else dead with `then`. */
  | { kind: 'regrade'; then: ReasonCode }
  /** The platform refuses us as a tool: the lane is held, its scores are dead with `reason` after the grace. */
  | { kind: 'holdCredentials'; reason: ReasonCode }
  | { kind: 'dead'; reason: ReasonCode };

/** What an attempt came to: its meaning, and the platform's words (at most 300 characters). */
export type Outcome = OutcomeMeaning & { detail: string; httpStatus?: number };

/** "With another token perhaps"; the reason stands if not. */
export function renewToken(reason: ReasonCode): OutcomeMeaning {
  // biome-ignore lint/suspicious/noThenProperty: a text, not a function; awaiting it is harmless
  return { kind: 'renewToken', then: reason };
}

/** "With another line item perhaps"; the reason stands if not. */
export function reresolve(reason: ReasonCode): OutcomeMeaning {
  // biome-ignore lint/suspicious/noThenProperty: a text, not a function; awaiting it is harmless
  return { kind: 'reresolve', then: reason };
}

/** "Without a new attempt perhaps"; the reason stands if not. */
export function regrade(reason: ReasonCode): OutcomeMeaning {
  // biome-ignore lint/suspicious/noThenProperty: a text, not a function; awaiting it is harmless
  return { kind: 'regrade', then: reason };
}

/**
 * The outcome when its one remedy has been tried: a renewed token, a fresh resolution or a regrade that met the
 * same answer is a dead letter with the stated reason. Any other outcome is returned as it is.
 */
export function withoutRemedy(outcome: Outcome): Outcome {
  if (!('then' in outcome)) return outcome;
  const { kind: _, then: reason, ...words } = outcome;
  return { kind: 'dead', reason, ...words };
}

/**
 * The outcome when no new token may be fetched for now: the score waits. That other cells meet the same counts for the
 * lane, which is how a platform that refuses every token is found out.
 */
export function withoutRenewal(outcome: Outcome & { kind: 'renewToken' }): Outcome {
  const { kind: _, then: reason, ...words } = outcome;
  const systemic = reason === 'UNAUTHORIZED';
  return { kind: 'transient', reason, finalReason: reason, ambiguous: false, systemic, ...words };
}
