import { once } from 'node:events';
import { readConfig } from './config.ts';
import { createSimulator } from './simulator.ts';

try {
  const stop = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const simulator = await createSimulator(readConfig(process.env));
  const { url, registration, courses } = simulator;
  const profile = simulator.profile.name;
  process.stdout.write(`${JSON.stringify({ ready: true, url, profile, registration, courses })}\n`);
  await stop;
  await simulator.close();
  process.exitCode = 0;
} catch (error) {
  process.stderr.write(`platform simulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
