import type { WholeList } from './line-item.ts';

/** Of which column, by its URL or by a launch whose scores go to it; of one user if given. */
export type ResultQuery = { platformId: string; userId?: string } & (
  | { lineItemUrl: string; launchId?: never }
  | { launchId: string; lineItemUrl?: never }
);

/** A grade as the platform shows it. Without `resultScore` there is none. */
export interface Result {
  userId: string;
  resultScore?: number;
  /** 1 when the platform names none. */
  resultMaximum?: number;
  comment?: string;
  scoringUserId?: string;
  /** Only from platforms that tell it. */
  timestamp?: string;
}

export interface ResultList extends WholeList<Result> {
  /** The column that was read. */
  lineItemUrl: string;
}
