import type { ScoreReader } from '../redis/score-reader.ts';
import type { LaneQueue, LaneQueues } from './lane-queues.ts';

const cellsPerPage = 1_000;
const idsPerPage = 10_000;

/**
 * Makes sure that each undelivered cell of the platform has a job, however the queue lost it: a crash between an attempt
 * and its next, keys deleted wholly or in part, a job that no list names. Adds without `replace`, else every sweep would
 * end every backoff. Returns how many jobs it added.
 */
export async function sweepLane(
  { reader, queues }: { reader: Pick<ScoreReader, 'undeliveredCells'>; queues: LaneQueues },
  platformId: string,
): Promise<number> {
  if ((await reader.undeliveredCells(platformId, 0, 1)).cells.length === 0) return 0;
  const queue = queues.queue(platformId);
  const listed = await listedJobs(queue);
  let added = 0;
  for (let rank = 0; ; rank += cellsPerPage) {
    const { nowMs, cells } = await reader.undeliveredCells(platformId, rank, cellsPerPage);
    const jobIds = await Promise.all(cells.map(({ cell }) => queue.getDeduplicationJobId(cell)));
    const missing: { cell: string; delayMs: number }[] = [];
    for (const [index, { cell, dueAtMs }] of cells.entries()) {
      const jobId = jobIds[index];
      if (jobId && (listed.has(jobId) || !(await isLost(queue, jobId)))) continue;
      missing.push({ cell, delayMs: dueAtMs - nowMs });
    }
    if (missing.length > 0) await queues.enqueueMany(platformId, missing, { replace: false });
    added += missing.length;
    if (cells.length < cellsPerPage) return added;
  }
}

/** The ids of the jobs there are. One that moves on between two pages can be missed, and is asked for by its id then. */
async function listedJobs(queue: LaneQueue): Promise<Set<string>> {
  const listed = new Set<string>();
  for (let start = 0; ; start += idsPerPage) {
    const ids = await queue.getRanges(['delayed', 'wait', 'active'], start, start + idsPerPage - 1);
    for (const id of ids) listed.add(id);
    if (ids.length < idsPerPage) return listed;
  }
}

/** In no list, or what BullMQ keeps of a job that it ran although its data had been deleted. */
const nothingToCome = new Set(['unknown', 'completed', 'failed']);

interface JobHolder {
  getJob(jobId: string): Promise<{ getState(): Promise<string> } | undefined>;
  remove(jobId: string): Promise<number>;
}

/** True when the job is gone, or has nothing to come and has been removed: BullMQ gives its cell to the next that is added. */
export async function isLost(queue: JobHolder, jobId: string): Promise<boolean> {
  const job = await queue.getJob(jobId);
  if (!job) return true;
  if (!nothingToCome.has(await job.getState())) return false;
  return (await queue.remove(jobId)) === 1;
}
