/** What the process ends with. Scripts rely on these. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** The command worked, and not every score is in the gradebook: refused, superseded, or not there in time. */
  notDelivered: 3,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
