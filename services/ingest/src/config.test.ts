import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

const good = {
  GRADEWIRE_REDIS_URL: 'redis://127.0.0.1:6379',
  GRADEWIRE_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
};

describe('readConfig', () => {
  it('has the defaults of the contract', () => {
    expect(readConfig(good)).toEqual({
      redisUrl: 'redis://127.0.0.1:6379',
      minReplicas: 0,
      host: '127.0.0.1',
      port: 8080,
      metricsPort: 9464,
      encryptionKey: Buffer.alloc(32, 7),
      allowPrivateNetworks: false,
      requestTimeoutMs: 20_000,
      retentionMs: 30 * 86_400_000,
      cellRetentionMs: 400 * 86_400_000,
      reconcileIntervalMs: 0,
      logLevel: 'info',
    });
  });

  it('reads what is given and takes an empty variable as absent', () => {
    const config = readConfig({
      ...good,
      GRADEWIRE_PORT: '0',
      GRADEWIRE_PUBLIC_URL: 'https://gradewire.example/base/',
      GRADEWIRE_ALLOW_PRIVATE_NETWORKS: 'true',
      GRADEWIRE_MIN_REPLICAS: '2',
      GRADEWIRE_ADMIN_KEY: 'k'.repeat(32),
      GRADEWIRE_HOST: '',
      UNRELATED: 'x',
    });
    expect(config).toMatchObject({
      port: 0,
      publicUrl: 'https://gradewire.example/base',
      allowPrivateNetworks: true,
      minReplicas: 2,
      adminKey: 'k'.repeat(32),
      host: '127.0.0.1',
    });
  });

  it.each([
    ['GRADEWIRE_REDIS_URL', undefined, 'redis://'],
    ['GRADEWIRE_REDIS_URL', 'http://redis', 'redis://'],
    ['GRADEWIRE_REDIS_URL', 'redis://:password@localhost:99999', 'redis://'],
    ['GRADEWIRE_REDIS_URL', 'redis://user:100%@localhost', 'redis://'],
    ['GRADEWIRE_MIN_REPLICAS', '-1', 'replicas'],
    ['GRADEWIRE_PORT', '80a', 'port'],
    ['GRADEWIRE_PORT', '65536', 'port'],
    ['GRADEWIRE_METRICS_PORT', '1e3', 'port'],
    ['GRADEWIRE_ADMIN_KEY', 'short', '32 characters'],
    ['GRADEWIRE_ADMIN_KEY', 'a secret that no header can carry, é', 'visible ASCII'],
    ['GRADEWIRE_ADMIN_KEY', 'k'.repeat(513), '512'],
    ['GRADEWIRE_ENCRYPTION_KEY', undefined, '32 bytes'],
    ['GRADEWIRE_ENCRYPTION_KEY', 'c2hvcnQ=', '32 bytes'],
    ['GRADEWIRE_ENCRYPTION_KEY_PREVIOUS', 'c2hvcnQ=', '32 bytes'],
    ['GRADEWIRE_PUBLIC_URL', 'gradewire.example', 'http'],
    ['GRADEWIRE_PUBLIC_URL', 'https://gradewire.example/?a=b', 'without query'],
    ['GRADEWIRE_ALLOW_PRIVATE_NETWORKS', 'yes', 'true or false'],
    ['GRADEWIRE_REQUEST_TIMEOUT_MS', '20s', 'milliseconds'],
    ['GRADEWIRE_REQUEST_TIMEOUT_MS', '2147483648', '300000'],
    ['GRADEWIRE_RETENTION_MS', '5', '60000'],
    ['GRADEWIRE_RETENTION_MS', '999999999999999', '315360000000'],
    ['GRADEWIRE_CELL_RETENTION_MS', '-5', 'milliseconds'],
    ['GRADEWIRE_LOG_LEVEL', 'loud', 'debug'],
  ])('names %s when it is %s', (name, value, accepted) => {
    const read = () => readConfig({ ...good, [name]: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(name);
    expect(read).toThrow(accepted);
    if (value !== undefined && value.length > 4) expect(read).not.toThrow(value);
  });
});
