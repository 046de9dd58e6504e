/** The program in which mappings run, started by `Mapper`. Arguments: time limit in ms, depth limit. */
import { mappingProblem } from './mapping-problem.ts';
import { createMappingRunner, type MappingResult } from './run-mapping.ts';

/** What is to be done with a mapping: run it on a value, or read it only. */
export type MappingJob = { mapping: string; value: unknown } | { mapping: string; readOnly: true };

const [timeMs = 0, maxDepth = 0] = process.argv.slice(2).map(Number);
const runMapping = createMappingRunner({ timeMs, maxDepth });

process.on('message', async (job: MappingJob) => {
  process.send?.({ kind: 'started' });
  process.send?.({ kind: 'done', result: await resultOf(job) });
});
process.on('disconnect', () => process.exit());

async function resultOf(job: MappingJob): Promise<MappingResult> {
  if ('readOnly' in job) return { ok: true, value: mappingProblem(job.mapping) };
  return await runMapping(job.mapping, job.value);
}
