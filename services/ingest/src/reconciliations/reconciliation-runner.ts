import { columnKeyOf, type Outcome } from '@gradewire/passback';
import type { Reconciliation } from '@gradewire/passback/redis';
import { platformLabel } from '@gradewire/telemetry';
import type { Context } from '../context.ts';
import { reasonOf } from '../platform-reads/answered.ts';
import type { OpenPlatform } from '../platform-reads/platform-reads.ts';
import { isOnOrigin } from '../platform-reads/require-origin.ts';
import { BackgroundRuns, type Run } from '../runs/background-runs.ts';
import { AnotherLook } from './another-look.ts';
import { type Comparison, compareColumn } from './compare-column.ts';

import type { ReconciliationRequest } from './reconciliation-request.ts';
import { repairDrifts } from './repair-drifts.ts';

/** How often a run says that it is alive, and notices that it was cancelled. */
const BEAT_MS = 1_000;
/** What one process runs at once: each reads one page at a time. */
const MOST_AT_ONCE = 4;
const TRIES = 5;
const RETRY_BASE_MS = 1_000;
const RETRY_MAX_MS = 60_000;
const REPAIRS_AT_ONCE = 100;

type RunnerParts = Pick<
  Context,
  | 'reconciliations'
  | 'delivered'
  | 'platforms'
  | 'reads'
  | 'record'
  | 'reader'
  | 'active'
  | 'lanes'
  | 'wakes'
  | 'metrics'
  | 'logger'
>;

interface Column {
  column: string;
  url: string;
}

/**
 * Runs reconciliations in the background of every ingest process, column by column. When the process dies another goes on
 * with the columns that are left; a column that was half compared is compared again and counted once.
 */
export class ReconciliationRunner implements AsyncDisposable {
  readonly #parts: RunnerParts;
  readonly #runs: BackgroundRuns;
  readonly #retryBaseMs: number;

  constructor(parts: RunnerParts, { retryBaseMs = RETRY_BASE_MS }: { retryBaseMs?: number } = {}) {
    this.#parts = parts;
    this.#retryBaseMs = retryBaseMs;
    this.#runs = new BackgroundRuns({
      store: parts.reconciliations,
      what: 'reconciliation',
      run: (run) => this.#run(run),
      logger: parts.logger,
      most: MOST_AT_ONCE,
    });
  }

  /** Looks for reconciliations to run, now and every second. */
  start(): void {
    this.#runs.start();
  }

  /** Stops when the column that is being read is through. What is unfinished goes on in another process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runs[Symbol.asyncDispose]();
  }

  async #run(run: Run): Promise<void> {
    const { reconciliations, platforms, reads } = this.#parts;
    const reconciliation = await reconciliations.get(run.id);
    if (!reconciliation) return;
    const platform = await platforms.get(reconciliation.platformId);
    if (!platform) return this.#end(reconciliation, 'failed');
    const unwanted = new AbortController();
    const beat = setInterval(() => {
      reconciliations.beat(run.id, run.runner).then(
        (goOn) => goOn || unwanted.abort(),
        // The lease is long enough for some.
        () => undefined,
      );
    }, BEAT_MS);
    try {
      const signal = AbortSignal.any([run.signal, unwanted.signal]);
      const open = reads.open(platform, { unhurried: signal });
      await this.#columns({ ...run, signal }, reconciliation, open);
    } finally {
      clearInterval(beat);
    }
  }

  async #columns(run: Run, reconciliation: Reconciliation, open: OpenPlatform): Promise<void> {
    const { reconciliations, delivered } = this.#parts;
    const { id, platformId } = reconciliation;
    const request = reconciliation.request as ReconciliationRequest;
    const { lineItemUrl: url, scheduledSinceMs } = request;
    const columns: Column[] =
      url === undefined
        ? await delivered.columns(platformId, scheduledSinceMs)
        : [{ column: columnKeyOf(url), url }];
    const done = await reconciliations.begin(id, columns.length);
    // What another process found may have been long ago.
    if (request.repair && !(await this.#repair(run, platformId, open))) return;
    for (const column of columns) {
      if (done.has(column.column)) continue;
      const found = await this.#compare(run, open, column);
      if (!found || !(await this.#note(run, platformId, column, found))) return;
      if (request.repair && !(await this.#repair(run, platformId))) return;
    }
    const { columnsUnread = 0 } = (await reconciliations.get(id)) ?? {};
    const isFailed = columnsUnread > 0 && columnsUnread === columns.length;
    await this.#end(reconciliation, isFailed ? 'failed' : 'done');
  }

  /** Tries on while that can help. Undefined: stop. */
  async #compare(
    run: Run,
    open: OpenPlatform,
    column: Column,
  ): Promise<Comparison | { ok: false; outcome: Outcome } | undefined> {
    if (!isOnOrigin(open.platform, column.url)) return { ok: false, outcome: elsewhere };
    for (let tries = 1; !run.signal.aborted; tries += 1) {
      const found = await compareColumn(this.#parts, open, column);
      if (found.ok) return found;
      // Nothing is known of the column when the reading was broken off.
      if (run.signal.aborted) return undefined;
      const { outcome } = found;
      if ((outcome.kind !== 'transient' && outcome.kind !== 'throttled') || tries === TRIES) return found;
      const wishedMs = outcome.retryAfterMs ?? this.#retryBaseMs * 2 ** tries;
      const untilMs = performance.now() + Math.min(RETRY_MAX_MS, wishedMs);
      while (!run.signal.aborted && performance.now() < untilMs) {
        await run.wait(Math.min(BEAT_MS, untilMs - performance.now()));
      }
    }
    return undefined;
  }

  /** Writes down what a column came to. False: stop. */
  async #note(
    { id, runner }: Run,
    platformId: string,
    { column, url }: Column,
    found: Comparison | { ok: false; outcome: Outcome },
  ): Promise<boolean> {
    const { reconciliations, metrics } = this.#parts;
    if (!found.ok) {
      const { outcome } = found;
      const unread = { lineItemUrl: url, reason: reasonOf(outcome), detail: outcome.detail };
      return reconciliations.columnDone(id, runner, { column, counts: {}, drifts: [], unread });
    }
    const { counts, drifts } = found;
    const goOn = await reconciliations.columnDone(id, runner, { column, counts, drifts });
    const platform = platformLabel(platformId);
    metrics.reconciliationChecked.inc({ platform }, counts.checked ?? 0);
    metrics.reconciliationSettled.inc({ platform }, counts.settled ?? 0);
    for (const { kind } of drifts) metrics.reconciliationDrifted.inc({ platform, kind });
    return goOn;
  }

  /**
   * Looks at what was found since the last look, and sends again what that mends; with `lookAgain` only where the gradebook
   * shows the same still. False: stop.
   */
  async #repair({ id, runner, signal }: Run, platformId: string, lookAgain?: OpenPlatform): Promise<boolean> {
    const { reconciliations, metrics } = this.#parts;
    const another = lookAgain && new AnotherLook(lookAgain);
    for (let from = await reconciliations.repairsLooked(id); ; ) {
      const found = await reconciliations.drifts(id, from, REPAIRS_AT_ONCE);
      if (found.length === 0) return true;
      const drifts = another ? await another.at(found) : found;
      if (signal.aborted) return false;
      const repaired = await repairDrifts(this.#parts, platformId, drifts);
      const sent = repaired.filter(({ repair }) => repair === 'sent').length;
      metrics.reconciliationRepaired.inc({ platform: platformLabel(platformId) }, sent);
      if (!(await reconciliations.repaired(id, runner, from, repaired))) return false;
      from += drifts.length;
    }
  }

  async #end({ id, platformId }: Reconciliation, status: 'done' | 'failed'): Promise<void> {
    const { reconciliations, metrics, logger } = this.#parts;
    await reconciliations.finish(id, status);
    const ended = await reconciliations.get(id);
    metrics.reconciliations.inc({ platform: platformLabel(platformId), status: ended?.status ?? status });
    logger.info(
      { event: 'reconciliation', reconciliationId: id, platformId, status, ...ended?.counts },
      `reconciliation ${status}`,
    );
  }
}

const elsewhere: Outcome = {
  kind: 'dead',
  reason: 'ORIGIN_NOT_ALLOWED',
  detail: 'the address is not among the service origins of the platform',
};
