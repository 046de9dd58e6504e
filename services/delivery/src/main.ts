import { once } from 'node:events';
import { ConfigError, readConfig } from './config.ts';
import { startDelivery } from './start-delivery.ts';

try {
  await using _delivery = await startDelivery(readConfig(process.env));
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
