import { once } from 'node:events';
import { ConfigError, readConfig } from './config.ts';
import { startIngest } from './server.ts';

try {
  await using ingest = await startIngest(readConfig(process.env));
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  ingest.drain();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
