/** The most values one label of ours takes before the rest is counted together. */
export const MAX_LABEL_VALUES = 500;

/** The label value that stands for all beyond the limit. */
export const OTHER = 'other';

/**
 * Keeps a label's cardinality finite: the first `max` distinct values pass, every later one becomes `other`.
 * Which values pass depends on the order in which this process met them.
 */
export function boundedLabel(max: number = MAX_LABEL_VALUES): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= max) return OTHER;
    known.add(value);
    return value;
  };
}

/** The `platform` label of this process's metrics: the id, or `other` beyond the first 500. */
export const platformLabel: (platformId: string) => string = boundedLabel();

/** `2xx` for 204 and so on; `none` when there was no response. */
export function statusClass(status: number | undefined): string {
  return status === undefined ? 'none' : `${Math.floor(status / 100)}xx`;
}
