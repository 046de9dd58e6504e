import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

const least = {
  GRADEWIRE_REDIS_URL: 'redis://127.0.0.1:6379',
  GRADEWIRE_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
};

describe('readConfig', () => {
  it('has the documented defaults', () => {
    expect(readConfig({ ...least, GRADEWIRE_LOG_LEVEL: '' })).toEqual({
      redisUrl: 'redis://127.0.0.1:6379',
      host: '127.0.0.1',
      port: 9090,
      encryptionKey: Buffer.alloc(32, 7),
      allowPrivateNetworks: false,
      concurrency: 256,
      requestTimeoutMs: 20_000,
      retry: { baseMs: 2_000, maxMs: 900_000, maxAgeMs: 259_200_000 },
      hold: { baseMs: 1_000, maxMs: 30_000 },
      credentialsGraceMs: 86_400_000,
      retentionMs: 30 * 86_400_000,
      cellRetentionMs: 400 * 86_400_000,
      logLevel: 'info',
    });
  });

  it.each([
    [{ GRADEWIRE_REDIS_URL: undefined }, /^GRADEWIRE_REDIS_URL is missing\. Accepted: the URL of one Redis/],
    [
      { GRADEWIRE_REDIS_URL: 'localhost:6379' },
      /^GRADEWIRE_REDIS_URL is wrong\. Accepted: the URL of one Redis/,
    ],
    [{ GRADEWIRE_ENCRYPTION_KEY: '' }, /^GRADEWIRE_ENCRYPTION_KEY is missing\. Accepted: 32 bytes/],
    [{ GRADEWIRE_ENCRYPTION_KEY: 'c2hvcnQ=' }, /^GRADEWIRE_ENCRYPTION_KEY is wrong\. Accepted: 32 bytes/],
    [
      { GRADEWIRE_ENCRYPTION_KEY_PREVIOUS: 'c2hvcnQ=' },
      /^GRADEWIRE_ENCRYPTION_KEY_PREVIOUS is wrong\. Accepted: 32 bytes/,
    ],
    [{ GRADEWIRE_DELIVERY_PORT: '65536' }, /^GRADEWIRE_DELIVERY_PORT is wrong\. Accepted: a port/],
    [
      { GRADEWIRE_CONCURRENCY: '0' },
      /^GRADEWIRE_CONCURRENCY is wrong\. Accepted: requests in flight, 1 to 10000/,
    ],
    [{ GRADEWIRE_CONCURRENCY: '-5' }, /^GRADEWIRE_CONCURRENCY is wrong/],
    [
      { GRADEWIRE_REQUEST_TIMEOUT_MS: '20s' },
      /^GRADEWIRE_REQUEST_TIMEOUT_MS is wrong\. Accepted: milliseconds/,
    ],
    [
      { GRADEWIRE_RETRY_MAX_MS: '1' },
      /^GRADEWIRE_RETRY_MAX_MS is wrong\. Accepted: .*at least GRADEWIRE_RETRY_BASE_MS/,
    ],
    [
      { GRADEWIRE_HOLD_MAX_MS: '500' },
      /^GRADEWIRE_HOLD_MAX_MS is wrong\. Accepted: .*at least GRADEWIRE_HOLD_BASE_MS/,
    ],
    [
      { GRADEWIRE_ALLOW_PRIVATE_NETWORKS: 'yes' },
      /^GRADEWIRE_ALLOW_PRIVATE_NETWORKS is wrong\. Accepted: true or false/,
    ],
    [{ GRADEWIRE_LOG_LEVEL: 'loud' }, /^GRADEWIRE_LOG_LEVEL is wrong\. Accepted: trace, debug/],
  ])('names the variable and what is accepted: %o', (changes, message) => {
    expect(() => readConfig({ ...least, ...changes })).toThrow(ConfigError);
    expect(() => readConfig({ ...least, ...changes })).toThrow(message);
  });

  it('takes the encryption key of before, to open with', () => {
    const previous = Buffer.alloc(32, 8);
    const config = readConfig({ ...least, GRADEWIRE_ENCRYPTION_KEY_PREVIOUS: previous.toString('base64') });
    expect(config).toMatchObject({
      encryptionKey: Buffer.alloc(32, 7),
      previousEncryptionKey: previous,
    });
    expect(readConfig({ ...least, GRADEWIRE_ENCRYPTION_KEY_PREVIOUS: '' })).not.toHaveProperty(
      'previousEncryptionKey',
    );
  });

  it('names every wrong variable at once and shows no value', () => {
    const wrong = { GRADEWIRE_ENCRYPTION_KEY: 'do-not-show', GRADEWIRE_CONCURRENCY: 'many' };
    expect(() => readConfig({ ...least, ...wrong })).toThrow(/ENCRYPTION_KEY[\s\S]*CONCURRENCY/);
    expect(() => readConfig({ ...least, ...wrong })).not.toThrow(/do-not-show/);
  });
});
