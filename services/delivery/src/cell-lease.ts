import type { BeginInput, Begun, Lease, ScoreRecord } from '@gradewire/passback/redis';

/** What `begin` answered when it gave the lease. */
export type Leased = Extract<Begun, Lease>;

export const isLeased = (begun: Begun): begun is Leased =>
  begun.kind === 'post' || begun.kind === 'resolve' || begun.kind === 'identify';

/**
 * This process's hold on a cell. It knows by a clock that only grows until when it may send: a process that was stopped
 * and wakes past its lease finds it gone, since another may be sending by then.
 */
export class CellLease {
  readonly #record: Pick<ScoreRecord, 'begin' | 'extend'>;
  readonly #monotonic: () => number;
  readonly #input: { platformId: string; wireStepMs: number; probe: boolean };
  #cell: string;
  #fence: string | undefined;
  #leaseMs = 0;
  #endsAt = Number.NEGATIVE_INFINITY;

  constructor(options: {
    record: Pick<ScoreRecord, 'begin' | 'extend'>;
    monotonic: () => number;
    platformId: string;
    cell: string;
    wireStepMs: number;
    probe: boolean;
  }) {
    const { record, monotonic, cell, ...input } = options;
    this.#record = record;
    this.#monotonic = monotonic;
    this.#input = input;
    this.#cell = cell;
  }

  /** The cell that the score is at: another than asked for once its column and user are known. */
  get cell(): string {
    return this.#cell;
  }

  /** Takes the lease, or goes on with it; with what was `found`, at the cell where the score belongs. */
  async begin(found: Pick<BeginInput, 'column' | 'userId'> = {}): Promise<Begun> {
    // The lease is counted from before it was asked for, so never longer than Redis counts it.
    const askedAt = this.#monotonic();
    const begun = await this.#record.begin({
      ...this.#input,
      cell: this.#cell,
      ...(this.#fence && { fence: this.#fence }),
      ...found,
    });
    if ('cell' in begun) this.#cell = begun.cell;
    if (isLeased(begun)) {
      this.#fence = begun.fence;
      this.#leaseMs = begun.leaseMs;
      this.#endsAt = askedAt + begun.leaseMs;
    }
    return begun;
  }

  /** Prolongs the lease, whatever it is held for. False: it is another's. */
  async extend(): Promise<boolean> {
    const { platformId } = this.#input;
    const askedAt = this.#monotonic();
    if (this.#fence === undefined) return false;
    const kept = await this.#record.extend({ platformId, cell: this.#cell, fence: this.#fence });
    if (kept) this.#endsAt = askedAt + this.#leaseMs;
    return kept;
  }

  /**
   * Makes sure that a request of this length ends within the lease, renewing it when it is too short by now. Returns
   * `begun` itself when the same post may be sent at once, else what the cell has become.
   */
  async keep<T extends Leased>(begun: T, requestMs: number): Promise<T | Begun> {
    while (this.#endsAt - this.#monotonic() <= requestMs) {
      const again = await this.begin();
      if (!isSamePost(begun, again)) return again;
    }
    return begun;
  }
}

function isSamePost(a: Begun, b: Begun): boolean {
  return (
    a.kind === 'post' &&
    b.kind === 'post' &&
    a.scoreId === b.scoreId &&
    a.lineItemUrl === b.lineItemUrl &&
    a.wireTimestampMs === b.wireTimestampMs
  );
}
