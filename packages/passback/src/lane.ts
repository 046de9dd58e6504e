/** So many cells in a row that the platform did not serve hold the lane as `PLATFORM_DOWN`. */
export const DOWN_STREAK = 5;

/** So many cells in a row dead for one systemic reason hold the lane before it kills the rest. */
export const DEAD_STREAK = 20;

/**
 * The cell to probe a held lane with: the one after the last probe, round and round, so that a cell that always fails
 * neither keeps a healthy lane shut nor is asked alone.
 * @param undeliveredCells in a stable order, such as by accept time
 */
export function nextProbe(undeliveredCells: readonly string[], lastProbe?: string): string | undefined {
  const last = lastProbe === undefined ? -1 : undeliveredCells.indexOf(lastProbe);
  return undeliveredCells[(last + 1) % undeliveredCells.length];
}
