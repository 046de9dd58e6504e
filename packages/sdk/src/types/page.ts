/** One page of a list. It may hold fewer than `limit` rows, even none, and still have a `nextCursor`. */
export interface Page<T> {
  data: T[];
  nextCursor?: string | null;
}

/** Where a list begins and how many rows a page holds. */
export interface PageQuery {
  cursor?: string;
  limit?: number;
}
