import type { Endpoint } from './services/routes.ts';

/** One request as the platform saw it. */
export interface RequestEntry {
  seq: number;
  /** RFC 3339. */
  at: string;
  endpoint: Endpoint | 'unknown';
  method: string;
  /** Path and query. */
  path: string;
  /** 0: cut or left hanging. */
  status: number;
  userId?: string;
  courseId?: string;
  lineItemId?: string;
  /** As in the posted score. */
  timestamp?: unknown;
  scoreGiven?: unknown;
  /** The rule that refused it. */
  problem?: string;
  /** Ids of the faults that fired. */
  fault?: string;
  /** Requests in flight, this one included. */
  inFlight: number;
  durationMs: number;
}

export interface Counters {
  requests: Record<string, number>;
  answers: Record<string, number>;
  tokensIssued: number;
  tokensRefused: number;
  jwksFetches: number;
  lineItemsCreated: number;
  scoresStored: number;
  scoresRefused: number;
  regressions: number;
  maxInFlight: number;
  maxScorePostsInFlight: number;
  maxScorePostsPerCell: number;
  overlappingPostsPerCell: number;
}

export interface RequestFilter {
  endpoint?: string;
  userId?: string;
  lineItemId?: string;
  /** Only entries with a greater `seq`. */
  since?: number;
  limit?: number;
}

const isService = new Set<string>(['lineItems', 'lineItem', 'scores', 'results', 'memberships', 'token']);

/** Counts and remembers what came in: the newest `limit` requests, and for each cell how many posts are in flight. */
export class Journal {
  counters: Counters = emptyCounters();
  readonly #limit: number;
  readonly #cells = new Map<string, number>();
  #entries: RequestEntry[] = [];
  #seq = 0;
  #inFlight = 0;
  #scorePosts = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Notes a request's arrival; `end` must follow once. */
  begin(entry: Omit<RequestEntry, 'seq' | 'inFlight' | 'status' | 'durationMs'>): RequestEntry {
    this.#seq += 1;
    const counters = this.counters;
    counters.requests[entry.endpoint] = (counters.requests[entry.endpoint] ?? 0) + 1;
    if (isService.has(entry.endpoint)) {
      this.#inFlight += 1;
      counters.maxInFlight = Math.max(counters.maxInFlight, this.#inFlight);
    }
    const begun: RequestEntry = {
      ...entry,
      seq: this.#seq,
      inFlight: this.#inFlight,
      status: 0,
      durationMs: 0,
    };
    if (isScorePost(begun)) this.#beginPost(begun);
    this.#entries.push(begun);
    // Trimmed in one go now and then: shifting an array for each request would cost its length.
    if (this.#entries.length >= this.#limit * 2) this.#entries = this.#entries.slice(-this.#limit);
    return begun;
  }

  /** Notes that the tool has its answer, or will never have one. */
  end(entry: RequestEntry, status: number, durationMs: number): void {
    entry.status = status;
    entry.durationMs = durationMs;
    const key = `${entry.endpoint} ${status}`;
    this.counters.answers[key] = (this.counters.answers[key] ?? 0) + 1;
    if (isService.has(entry.endpoint)) this.#inFlight -= 1;
    if (isScorePost(entry)) this.#endPost(entry);
  }

  /** The platform read the tool's key set. */
  countFetch(): void {
    this.counters.jwksFetches += 1;
  }

  requests(filter: RequestFilter = {}): RequestEntry[] {
    const found = this.#entries
      .slice(-this.#limit)
      .filter(
        (entry) =>
          (filter.endpoint === undefined || entry.endpoint === filter.endpoint) &&
          (filter.userId === undefined || entry.userId === filter.userId) &&
          (filter.lineItemId === undefined || entry.lineItemId === filter.lineItemId) &&
          (filter.since === undefined || entry.seq > filter.since),
      );
    return filter.limit === undefined ? found : found.slice(0, filter.limit);
  }

  reset(): void {
    this.counters = emptyCounters();
    this.#entries = [];
  }

  #beginPost(entry: RequestEntry): void {
    this.#scorePosts += 1;
    const key = cellKey(entry);
    const posts = (this.#cells.get(key) ?? 0) + 1;
    this.#cells.set(key, posts);
    const counters = this.counters;
    counters.maxScorePostsInFlight = Math.max(counters.maxScorePostsInFlight, this.#scorePosts);
    counters.maxScorePostsPerCell = Math.max(counters.maxScorePostsPerCell, posts);
    if (posts > 1) counters.overlappingPostsPerCell += 1;
  }

  #endPost(entry: RequestEntry): void {
    this.#scorePosts -= 1;
    const key = cellKey(entry);
    const posts = (this.#cells.get(key) ?? 1) - 1;
    if (posts > 0) this.#cells.set(key, posts);
    else this.#cells.delete(key);
  }
}

function isScorePost(entry: RequestEntry): boolean {
  return entry.endpoint === 'scores' && entry.method === 'POST' && entry.userId !== undefined;
}

function cellKey(entry: RequestEntry): string {
  return `${entry.lineItemId} ${entry.userId}`;
}

function emptyCounters(): Counters {
  return {
    requests: {},
    answers: {},
    tokensIssued: 0,
    tokensRefused: 0,
    jwksFetches: 0,
    lineItemsCreated: 0,
    scoresStored: 0,
    scoresRefused: 0,
    regressions: 0,
    maxInFlight: 0,
    maxScorePostsInFlight: 0,
    maxScorePostsPerCell: 0,
    overlappingPostsPerCell: 0,
  };
}
