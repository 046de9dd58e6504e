// npm run bench [-- --quick]: Gradewire's figures beside those of its bare parts, in one run on one machine.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { findOrStartRedis } from '@gradewire/local-redis';
import { startGradewire } from '../support/gradewire.ts';
import { startSimulatorProcess } from '../support/simulator-process.ts';
import { type Bench, bareToken, inFlight, platformId } from './bench.ts';
import { measureLatency } from './latency.ts';
import { measureAccept, measureDelivery, measureTraffic } from './measurements.ts';
import { type Figure, formatTable, median } from './table.ts';

const quick = process.argv.includes('--quick');
const folder = '.gradewire/bench';
const students = 1_000;
const say = (text: string) => process.stderr.write(`bench: ${text}\n`);

const redis = await findOrStartRedis({ dir: `${folder}/redis-${process.pid}`, log: say });
const bare = await bareToken((jwksUrl) => startSimulatorProcess({ profile: 'generic', students, jwksUrl }));
const gradewire = await startGradewire({ redisUrl: redis.url });
const platform = await startSimulatorProcess({
  profile: 'generic',
  students,
  jwksUrl: `${gradewire.url}/.well-known/jwks.json`,
});

try {
  const limits = { concurrency: inFlight };
  await gradewire.client.platforms.put(platformId, { ...platform.registration, limits } as never);
  const bench: Bench = { redisUrl: redis.url, gradewire, platform, bare, quick };
  const figures: Figure[] = [];
  const measure = async <T>(what: string, run: () => Promise<T>): Promise<T> => {
    say(what);
    return run();
  };
  figures.push(...(await measure('accepting', () => measureAccept(bench))));
  figures.push(...(await measure('delivering, platform at 0 ms', () => measureDelivery(bench, 0))));
  const slow = await measure('delivering, platform at 50 ms', () => measureDelivery(bench, 50));
  figures.push(...slow);
  const fullRate = median(slow[0]!.gradewire);
  figures.push(...(await measure('latency at half load', () => measureLatency(bench, fullRate))));
  figures.push(...(await measure('commands and packets to Redis', () => measureTraffic(bench))));

  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, redis: redis.how };
  console.log(`\n${formatTable(figures)}\n`);
  await mkdir(folder, { recursive: true });
  await writeFile(
    `${folder}/results.json`,
    `${JSON.stringify({ at: new Date().toISOString(), machine, figures }, null, 2)}\n`,
  );
  say(`written to ${folder}/results.json`);
} finally {
  await gradewire[Symbol.asyncDispose]();
  await platform[Symbol.asyncDispose]();
  await bare.platform[Symbol.asyncDispose]();
  bare.keys.close();
  await redis.stop();
}
