/** The program in which mappings run, started by `Mapper`. Arguments: time limit in ms, depth limit. */
import { createMappingRunner } from './run-mapping.ts';

const [timeMs = 0, maxDepth = 0] = process.argv.slice(2).map(Number);
const runMapping = createMappingRunner({ timeMs, maxDepth });

process.on('message', async ({ mapping, value }: { mapping: string; value: unknown }) => {
  process.send?.({ kind: 'started' });
  process.send?.({ kind: 'done', result: await runMapping(mapping, value) });
});
process.on('disconnect', () => process.exit());
