import {
  type Batch,
  type BatchAccepted,
  type Gradewire,
  GradewireError,
  isSettled,
  type Problem,
  type Score,
} from '@gradewire/sdk';
import type { ReadyScore } from '../importers/prepare.ts';
import { type Outcome, outcomeOf } from './outcome.ts';

/** The API takes no more in one request. */
const BATCH_SIZE = 1_000;
const READS_AT_ONCE = 8;

export interface DeliverOptions {
  signal: AbortSignal;
  /** Wait this long for the gradebook; what is not there by then is reported as it stands. 0: only hand over. */
  timeoutMs: number;
  onSettled?: (settled: number, byStatus: Batch['counts']) => void;
}

interface SentBatch {
  scores: ReadyScore[];
  answer: BatchAccepted;
}

/**
 * Hands scores over in batches, waits until they are settled, and resolves to what became of each, in the order given. Nothing is lost
 * when this is interrupted: what was accepted goes on being delivered.
 */
export async function deliverScores(
  gradewire: Gradewire,
  scores: ReadyScore[],
  options: DeliverOptions,
): Promise<Outcome[]> {
  const { signal } = options;
  const sent: SentBatch[] = [];
  for (let from = 0; from < scores.length; from += BATCH_SIZE) {
    const slice = scores.slice(from, from + BATCH_SIZE);
    sent.push({
      scores: slice,
      answer: await gradewire.batches.send(
        slice.map(({ score }) => score),
        { signal },
      ),
    });
  }
  const last = options.timeoutMs > 0 ? await waitForAll(gradewire, sent, options) : sent.map(() => undefined);
  const outcomes = await Promise.all(
    sent.map((batch, index) => outcomesOf(gradewire, batch, last[index], signal)),
  );
  return outcomes.flat();
}

/** Waits for every batch within one time-out. Resolves to how each was when last seen. */
async function waitForAll(
  gradewire: Gradewire,
  sent: SentBatch[],
  options: DeliverOptions,
): Promise<(Batch | undefined)[]> {
  const deadline = Date.now() + options.timeoutMs;
  const last: (Batch | undefined)[] = sent.map(() => undefined);
  const rejected = sent.reduce((sum, { answer }) => sum + answer.rejected, 0);
  for (const [index, { answer }] of sent.entries()) {
    if (answer.accepted === 0) continue;
    const onProgress = (batch: Batch) => {
      last[index] = batch;
      const counts = addUp(last);
      options.onSettled?.(rejected + settledIn(counts), counts);
    };
    const timeoutMs = Math.max(0, deadline - Date.now());
    await gradewire.batches
      .waitForSettlement(answer.batchId, { timeoutMs, signal: options.signal, onProgress, maxPollMs: 500 })
      .catch((error: unknown) => {
        if (!(error instanceof GradewireError && error.code === 'TIMEOUT')) throw error;
      });
  }
  return last;
}

function addUp(batches: (Batch | undefined)[]): Batch['counts'] {
  const total: Batch['counts'] = {};
  for (const [status, count] of batches.flatMap((batch) => Object.entries(batch?.counts ?? {}))) {
    total[status as keyof Batch['counts']] = (total[status as keyof Batch['counts']] ?? 0) + count;
  }
  return total;
}

function settledIn(counts: Batch['counts']): number {
  return Object.entries(counts).reduce(
    (sum, [status, count]) => (isSettled(status as Score['status']) ? sum + count : sum),
    0,
  );
}

async function outcomesOf(
  gradewire: Gradewire,
  { scores, answer }: SentBatch,
  last: Batch | undefined,
  signal: AbortSignal,
): Promise<Outcome[]> {
  const ids = answer.results.flatMap(({ id }) => (id === undefined ? [] : [id]));
  // All delivered: nothing more to learn from reading thousands of scores one by one.
  const allDelivered = last?.counts.delivered === answer.accepted;
  const read = allDelivered || !last ? new Map<string, Score>() : await readScores(gradewire, ids, signal);
  const results = new Map(answer.results.map((result) => [result.index, result]));
  return scores.map((ready, index) => {
    const { id, problem } = results.get(index) ?? {};
    if (id === undefined) return { ...outcomeOf(ready), status: 'rejected', ...refusal(problem) };
    const score = read.get(id);
    if (score) return { ...outcomeOf(ready), scoreId: id, status: score.status, ...reasonOf(score) };
    return { ...outcomeOf(ready), scoreId: id, status: allDelivered ? 'delivered' : 'queued' };
  });
}

async function readScores(
  gradewire: Gradewire,
  ids: string[],
  signal: AbortSignal,
): Promise<Map<string, Score>> {
  const read = new Map<string, Score>();
  const waiting = [...ids];
  const reader = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      read.set(id, await gradewire.scores.get(id, { signal }));
    }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, reader));
  return read;
}

function refusal(problem: Problem | undefined): Pick<Outcome, 'reason' | 'detail' | 'hint'> {
  const fields = (problem?.errors ?? []).map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ');
  const detail = fields || problem?.detail || problem?.title;
  return {
    reason: problem?.code ?? 'REJECTED',
    ...(detail ? { detail } : {}),
    ...(problem?.hint ? { hint: problem.hint } : {}),
  };
}

function reasonOf({ reason, detail, hint }: Score): Pick<Outcome, 'reason' | 'detail' | 'hint'> {
  return { ...(reason ? { reason } : {}), ...(detail ? { detail } : {}), ...(hint ? { hint } : {}) };
}
