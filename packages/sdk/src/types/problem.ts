/** One invalid part of a request: `pointer` is a JSON pointer into the body (RFC 6901). */
export interface ProblemItem {
  pointer: string;
  detail: string;
}

/** The body of every refusal by the API (RFC 9457). `code` is for programs, the rest for people. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail?: string;
  errors?: ProblemItem[];
  /** Why a platform refused, as the reasons of dead letters say it. */
  reason?: string;
  hint?: string;
  retryable?: boolean;
}
