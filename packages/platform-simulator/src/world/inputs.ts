export interface UserInput {
  userId?: string;
  name?: string;
  email?: string;
}

export interface LineItemInput {
  label?: string;
  /** Default 100. */
  scoreMaximum?: number;
  resourceId?: string;
  tag?: string;
  /** Canvas: attempts a student has. */
  allowedAttempts?: number;
  /** Belongs to another tool. */
  foreign?: boolean;
}

export interface ResourceLinkInput {
  id?: string;
  title?: string;
  foreign?: boolean;
  /** Given: the link has a column of its own from the start. */
  lineItem?: LineItemInput;
}

export interface CourseInput {
  id?: string;
  title?: string;
  /** A count of made-up people, or the people. Default 30. */
  students?: number | UserInput[];
  /** Default 1. */
  teachers?: number | UserInput[];
  resourceLinks?: ResourceLinkInput[];
  /** Columns without a resource link. */
  lineItems?: LineItemInput[];
}
