import { once } from 'node:events';
import { ConfigError, readConfig } from './config.ts';
import { startDelivery } from './start-delivery.ts';

try {
  const delivery = await startDelivery(readConfig(process.env));
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const drained = await delivery.stop();
  // Connections that still look for a Redis that is gone would keep the process.
  process.exit(drained ? 0 : 1);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
