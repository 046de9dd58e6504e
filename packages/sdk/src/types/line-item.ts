/** A course's columns: by its line items URL, or by a launch in it. */
export type CourseQuery = { platformId: string } & (
  | { lineItemsUrl: string; launchId?: never }
  | { launchId: string; lineItemsUrl?: never }
);

export type LineItemQuery = CourseQuery & { resourceLinkId?: string; resourceId?: string; tag?: string };

/** A gradebook column as the platform shows it, with what Gradewire remembers of it. */
export interface LineItem {
  lineItemUrl: string;
  label: string;
  scoreMaximum: number;
  resourceId?: string;
  resourceLinkId?: string;
  tag?: string;
  startDateTime?: string;
  endDateTime?: string;
  gradesReleased?: boolean;
  /** The platform's own members; a change keeps them. */
  vendorMembers?: Record<string, unknown>;
  /** Gradewire made it. */
  created: boolean;
  /** To how many students of it Gradewire delivered scores. */
  delivered: number;
  /** The column that was adopted in its place. */
  replacedBy?: string;
  /** What it was when Gradewire found, made or changed it, where it is something else by now. */
  drift?: { label?: string; scoreMaximum?: number };
}

/** All pages of a list. `truncated`: the platform has more than could be read. */
export interface WholeList<T> {
  data: T[];
  truncated?: true;
}

/** Columns that stand for the same work, with what they share. */
export interface DuplicateLineItems {
  by: 'resourceId' | 'resourceLinkId';
  resourceId?: string;
  tag?: string;
  resourceLinkId?: string;
  lineItems: LineItem[];
}

/** What came of adopting a column. */
export interface AdoptedLineItem {
  lineItem: LineItem;
  /** The columns whose place it takes. */
  insteadOf: LineItem[];
  /** Scores that waited for one of those, and go to it now. */
  waiting: number;
}

/** What is not given stays; a date that is null is taken away. */
export interface LineItemChange {
  platformId: string;
  lineItemUrl: string;
  label?: string;
  scoreMaximum?: number;
  startDateTime?: string | null;
  endDateTime?: string | null;
  gradesReleased?: boolean;
}
