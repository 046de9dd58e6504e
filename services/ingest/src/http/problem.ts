import type { ReasonCode } from '@gradewire/passback';

interface ProblemKind {
  status: number;
  title: string;
  retryable: boolean;
  /** What a caller does about it; the default of `hint`. */
  hint?: string;
}

/**
 * Every way a request can be refused. The code is stable and for programs; title and hint are for people.
 * `/docs/problems` is printed from this table.
 */
export const PROBLEMS = {
  NOT_JSON: { status: 400, title: 'The body is not JSON', retryable: false },
  WEBHOOK_REFUSED: {
    status: 401,
    title: 'Not a webhook that is taken here',
    retryable: false,
    hint: 'Compare the address, the secret, and how and when it was signed, over the very bytes that were sent, with the source as it is registered; the log of the server says which of them it was.',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'No valid API key',
    retryable: false,
    hint: 'Send the header "Authorization: Bearer <key>".',
  },
  FORBIDDEN: { status: 403, title: 'This API key may not do that', retryable: false },
  NOT_FOUND: { status: 404, title: 'There is no such thing', retryable: false },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This method is not offered here', retryable: false },
  IDEMPOTENCY_IN_FLIGHT: {
    status: 409,
    title: 'The first request with this Idempotency-Key is still being answered',
    retryable: true,
    hint: 'Send it again in a second; the first answer comes back then.',
  },
  PLATFORM_CONFLICT: {
    status: 409,
    title: 'Another platform has the same issuer, client and deployments',
    retryable: false,
    hint: 'Change that one, or name different deploymentIds in both.',
  },
  PLATFORM_UNDELIVERED: {
    status: 409,
    title: 'The platform still has undelivered scores',
    retryable: true,
    hint: 'Wait until they are delivered, or cancel them, then delete the platform.',
  },
  PLATFORM_HAS_SOURCES: {
    status: 409,
    title: 'Webhook sources are for this platform',
    retryable: false,
    hint: 'Remove them with DELETE /v1/webhook-sources/{sourceId}, or have them send for another platform, then delete this one.',
  },
  LINE_ITEM_IN_USE: {
    status: 409,
    title: 'The gradebook column holds grades, or scores wait for it',
    retryable: false,
    hint: 'Deleting it destroys its grades, on most platforms for good. If that is meant, send it again with force=true; if another column is to be used instead, adopt that one.',
  },
  SCORE_SETTLED: { status: 409, title: 'The score is settled already', retryable: false },
  SCORE_DELIVERING: {
    status: 409,
    title: 'The score is being posted at this moment',
    retryable: true,
    hint: 'Read the score again in a few seconds.',
  },
  NOT_DEAD: { status: 409, title: 'The score is not a dead letter', retryable: false },
  REPLAY_FINISHED: { status: 409, title: 'The replay has finished already', retryable: false },
  RECONCILIATION_FINISHED: {
    status: 409,
    title: 'The reconciliation has finished already',
    retryable: false,
  },
  TOOL_KEY_CONFLICT: {
    status: 409,
    title: 'Another key is published under this kid',
    retryable: false,
    hint: 'Import it under another kid, and pin that one.',
  },
  TOOL_KEY_IN_USE: {
    status: 409,
    title: 'The tool key signs at the moment',
    retryable: false,
    hint: 'Publish another with POST /v1/tool-keys/rotate and wait until it signs; or, if this one is known to others, delete it with ?replace=true: another signs at once, and platforms that keep an old copy of the key set refuse it until they read the set again.',
  },
  SOURCE_HAS_UNMATCHED: {
    status: 409,
    title: 'The source still has deliveries that are pending or unmatched',
    retryable: true,
    hint: 'Mend or discard what GET /v1/webhook-sources/{sourceId}/unmatched lists. To remove the source and discard all of it, send DELETE with force=true.',
  },
  CALLBACK_DISABLED: {
    status: 409,
    title: 'The callback is disabled',
    retryable: false,
    hint: 'Put it again, which enables it; then resend what it missed.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    retryable: false,
    hint: 'One score or webhook may take 1 MiB, a batch 16 MiB; send several smaller batches.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The body has a media type that is not read here',
    retryable: false,
    hint: 'Send "Content-Type: application/json" in UTF-8.',
  },
  INVALID: { status: 422, title: 'The request is not valid', retryable: false },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    title: 'This Idempotency-Key was used with another body',
    retryable: false,
    hint: 'Use a new key for a new request; the old key stands for the first body for 24 hours.',
  },
  UNKNOWN_PLATFORM: {
    status: 422,
    title: 'No such platform is registered',
    retryable: false,
    hint: 'Register it first with PUT /v1/platforms/{platformId}.',
  },
  UNKNOWN_LAUNCH: {
    status: 422,
    title: 'No such launch is known',
    retryable: false,
    hint: 'Register it first with POST /v1/launches. One that nobody opened or used for very long is forgotten.',
  },
  ID_TOKEN_REFUSED: {
    status: 422,
    title: 'The id_token is not one of this platform for this tool',
    retryable: false,
  },
  NO_ROSTER: {
    status: 422,
    title: 'There is no roster to look in',
    retryable: false,
    hint: 'A launch tells where the member list is, once the platform lets the tool read names and roles. Have that allowed and launch again from the course, or send the userId.',
  },
  ORIGIN_NOT_ALLOWED: {
    status: 422,
    title: "A URL is not on one of the platform's origins",
    retryable: false,
    hint: "If the URL is right, add its origin to the platform's serviceOrigins.",
  },
  TIMESTAMP_IN_FUTURE: {
    status: 422,
    title: 'The timestamp is in the future',
    retryable: false,
    hint: "A timestamp may be at most 60 seconds ahead; check the sender's clock.",
  },
  TIMESTAMP_TOO_OLD: {
    status: 422,
    title: 'The timestamp is older than what is remembered of a gradebook cell',
    retryable: false,
    hint: 'Send it with a newer timestamp if it is to be the newest score.',
  },
  NOT_ON_PLATFORM: {
    status: 422,
    title: 'The platform has no such column or course, or none that is ours',
    retryable: false,
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests with this API key',
    retryable: true,
    hint: 'Wait as long as Retry-After says; a batch takes 1,000 scores in one request.',
  },
  INTERNAL: { status: 500, title: 'Something went wrong on our side', retryable: true },
  PLATFORM_REFUSED: {
    status: 502,
    title: 'The platform refused what we asked of it',
    retryable: false,
  },
  PLATFORM_UNAVAILABLE: {
    status: 503,
    title: 'The platform does not answer at present',
    retryable: true,
  },
  STORE_UNAVAILABLE: {
    status: 503,
    title: 'The store is away',
    retryable: true,
    hint: 'Nothing was lost that was answered 202. Send the same request again.',
  },
  NOT_DURABLE: {
    status: 503,
    title: 'The store cannot keep scores safely',
    retryable: true,
    hint: "An operator has to change the store's settings; GET /readyz says which.",
  },
  NOT_REPLICATED: {
    status: 503,
    title: 'Too few replicas have the score',
    retryable: true,
    hint: 'Send the same request again with the same Idempotency-Key and timestamp.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface FieldProblem {
  /** `/target/lineItemUrl` in the body (RFC 6901), `?limit` in the query, a header by its name. */
  pointer: string;
  detail: string;
}

/** RFC 9457 problem details as they go over the wire. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
  errors: FieldProblem[];
  /** Why a platform refused, as the reasons of dead letters say it. */
  reason?: ReasonCode;
  hint?: string;
  retryable: boolean;
}

export interface ProblemOptions {
  detail?: string | undefined;
  errors?: FieldProblem[];
  reason?: ReasonCode;
  hint?: string;
  retryAfterSeconds?: number;
  headers?: Record<string, string>;
  cause?: unknown;
}

/** A request refused for a reason the caller is told. Anything else that is thrown becomes `INTERNAL`. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly headers: Record<string, string>;
  readonly #errors: FieldProblem[];
  readonly #reason: ReasonCode | undefined;
  readonly #hint: string | undefined;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    const kind: ProblemKind = PROBLEMS[code];
    super(options.detail ?? kind.title, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.#errors = options.errors ?? [];
    this.#reason = options.reason;
    this.#hint = options.hint ?? kind.hint;
    const retryAfter = options.retryAfterSeconds ?? (kind.status === 503 ? 2 : undefined);
    this.headers = {
      ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
      ...options.headers,
    };
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  toJSON(): ProblemDetails {
    const { status, title, retryable } = PROBLEMS[this.code];
    return {
      type: `/docs/problems#${this.code}`,
      title,
      status,
      code: this.code,
      detail: this.message,
      errors: this.#errors,
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
      ...(this.#hint === undefined ? {} : { hint: this.#hint }),
      retryable,
    };
  }
}
