import type { Outcome } from './outcome.ts';
import { REASONS, type ReasonCode } from './reasons.ts';

/** Cells that failed one after another for one systemic reason, with no success between; oldest first, each once. */
export interface Streak {
  reason: ReasonCode;
  cells: string[];
}

/** So many cells in a row that the platform did not serve hold the lane as `PLATFORM_DOWN`. */
export const DOWN_STREAK = 5;

/** So many cells in a row dead for one systemic reason hold the lane before it kills the rest. */
export const DEAD_STREAK = 20;

/**
 * Takes an outcome into the streak of a lane. Give the outcome after its remedies (`withoutRemedy`).
 * Distinct cells are counted: one cell that always fails never holds a lane. A streak that has reached its limit stays
 * there, so that a failing probe keeps the lane held, until something succeeds.
 * @returns the streak to keep, if any, and the reason to hold the lane for, if any
 */
export function afterOutcome(
  streak: Streak | undefined,
  cell: string,
  outcome: Outcome,
): { streak?: Streak; hold?: ReasonCode } {
  const unchanged = streak ? { streak } : {};
  switch (outcome.kind) {
    case 'delivered':
    case 'older':
      return {};
    case 'throttled':
      return { ...unchanged, hold: 'THROTTLED' };
    case 'holdCredentials':
      return { ...unchanged, hold: 'CREDENTIALS_REJECTED' };
    case 'transient':
      return outcome.systemic ? lengthened(streak, 'PLATFORM_DOWN', cell, DOWN_STREAK) : unchanged;
    case 'dead':
      if (REASONS[outcome.reason].systemic) return lengthened(streak, outcome.reason, cell, DEAD_STREAK);
      // A refusal of this one score shows that the platform is up and lets us in; our own giving up shows nothing.
      return outcome.reason === 'EXPIRED' || outcome.reason === 'CRASHED' ? unchanged : {};
    case 'renewToken':
    case 'reresolve':
      return unchanged;
  }
}

/**
 * The cell to probe a held lane with: the one after the last probe, round and round, so that a cell that always fails
 * neither keeps a healthy lane shut nor is asked alone.
 * @param undeliveredCells in a stable order, such as by accept time
 */
export function nextProbe(undeliveredCells: readonly string[], lastProbe?: string): string | undefined {
  const last = lastProbe === undefined ? -1 : undeliveredCells.indexOf(lastProbe);
  return undeliveredCells[(last + 1) % undeliveredCells.length];
}

function lengthened(streak: Streak | undefined, reason: ReasonCode, cell: string, limit: number) {
  const others = streak?.reason === reason ? streak.cells.filter((known) => known !== cell) : [];
  const cells = [...others, cell].slice(-limit);
  return { streak: { reason, cells }, ...(cells.length >= limit && { hold: reason }) };
}
