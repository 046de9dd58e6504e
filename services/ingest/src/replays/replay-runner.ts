import { platformOfScore } from '@gradewire/passback/redis';
import type { Context } from '../context.ts';
import { BackgroundRuns, type Run } from '../runs/background-runs.ts';
import { enqueue } from '../scores/accept-scores.ts';
import { matchingScores } from './matching-scores.ts';
import { paceOf } from './pace.ts';
import type { ReplayRequest } from './replay-request.ts';

/** A cancel is noticed at least this often, and the lease prolonged. */
const BEAT_MS = 1_000;

type RunnerParts = Pick<Context, 'replays' | 'record' | 'reader' | 'active' | 'lanes' | 'wakes' | 'logger'>;

/**
 * Runs replays in the background of every ingest process. A score is put back at most once per replay, but for a crash
 * between doing and noting.
 */
export class ReplayRunner implements AsyncDisposable {
  readonly #parts: RunnerParts;
  readonly #runs: BackgroundRuns;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    const { replays: store, logger } = parts;
    this.#runs = new BackgroundRuns({ store, logger, what: 'replay', run: (run) => this.#run(run) });
  }

  /** Looks for replays to run, now and every second. */
  start(): void {
    this.#runs.start();
  }

  /** Stops within a second. What is unfinished goes on in another process, or after the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runs[Symbol.asyncDispose]();
  }

  async #run(run: Run): Promise<void> {
    const { id, runner } = run;
    const { replays, reader, logger } = this.#parts;
    const replay = await replays.get(id);
    const request = replay?.request as ReplayRequest | undefined;
    if (request) {
      const done = new Set(await replays.scoreIds(id));
      const { size, intervalMs } = paceOf(request.ratePerSecond);
      let nextAtMs = performance.now();
      for await (const page of matchingScores(reader, request)) {
        const open = page.filter((scoreId) => !done.has(scoreId));
        for (let i = 0; i < open.length; i += size) {
          if (!(await this.#waitUntil(run, nextAtMs))) return;
          nextAtMs = Math.max(nextAtMs, performance.now() - intervalMs) + intervalMs;
          if (!(await replays.progress(id, runner, await this.#putBack(open.slice(i, i + size), request))))
            return;
        }
      }
      logger.info({ replayId: id }, 'a replay is through');
    }
    await replays.finish(id);
  }

  /** @returns those that are on their way again; the others were not dead, or a newer score had taken their place */
  async #putBack(scoreIds: readonly string[], { filter }: ReplayRequest): Promise<string[]> {
    const { record, active } = this.#parts;
    const byPlatform = Map.groupBy(scoreIds, (id) => platformOfScore(id));
    const back: string[] = [];
    for (const [platformId, ids] of byPlatform) {
      if (platformId === undefined) continue;
      await active.add(platformId);
      const results = await Promise.all(
        ids.map((id) => record.replay(id, { delivered: filter?.status === 'delivered' })),
      );
      const cells = results.flatMap((result) => (result.kind === 'replayed' ? [result.cell] : []));
      back.push(...ids.filter((_, i) => results[i]!.kind === 'replayed'));
      await enqueue(this.#parts, platformId, cells);
    }
    return back;
  }

  /** @returns false when the replay is cancelled, another's, or this process stops */
  async #waitUntil({ id, runner, signal, wait }: Run, atMs: number): Promise<boolean> {
    for (let leftMs = atMs - performance.now(); leftMs > 0; leftMs = atMs - performance.now()) {
      await wait(Math.min(leftMs, BEAT_MS));
      if (signal.aborted) return false;
      if (leftMs > BEAT_MS && !(await this.#parts.replays.progress(id, runner, []))) return false;
    }
    return !signal.aborted;
  }
}
