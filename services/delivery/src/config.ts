import { isRedisUrl } from '@gradewire/passback/redis';
import { z } from 'zod';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const whole = (fallback: number, least: number, most: number, accepted: string) =>
  z
    .string()
    .default(String(fallback))
    .refine(
      (text) => /^\d{1,15}$/.test(text) && Number(text) >= least && Number(text) <= most,
      `${accepted}, ${least} to ${most}`,
    )
    .transform(Number);

const milliseconds = (fallback: number, least: number, most: number) =>
  whole(fallback, least, most, 'milliseconds');

const redisUrls = 'the URL of one Redis, redis:// or rediss:// (Sentinel and Cluster are not supported yet)';
const key32 = '32 bytes in base64, for example from: openssl rand -base64 32';
const encryptionKey = z
  .string(key32)
  .refine((text) => /^[A-Za-z0-9+/]{43}=$/.test(text), key32)
  .transform((text) => Buffer.from(text, 'base64'));
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const environment = z
  .object({
    GRADEWIRE_REDIS_URL: z.string(redisUrls).refine(isRedisUrl, redisUrls),
    GRADEWIRE_HOST: z.string().min(1, 'an address to listen on').default('127.0.0.1'),
    GRADEWIRE_DELIVERY_PORT: whole(9090, 0, 65_535, 'a port (0: any free one)'),
    GRADEWIRE_ENCRYPTION_KEY: encryptionKey,
    GRADEWIRE_ENCRYPTION_KEY_PREVIOUS: encryptionKey.optional(),
    GRADEWIRE_ALLOW_PRIVATE_NETWORKS: z
      .enum(['true', 'false'], 'true or false')
      .default('false')
      .transform((text) => text === 'true'),
    GRADEWIRE_CONCURRENCY: whole(256, 1, 10_000, 'requests in flight'),
    GRADEWIRE_REQUEST_TIMEOUT_MS: milliseconds(20_000, 100, 5 * MINUTE),
    GRADEWIRE_RETRY_BASE_MS: milliseconds(2_000, 1, HOUR),
    GRADEWIRE_RETRY_MAX_MS: milliseconds(15 * MINUTE, 1, DAY),
    GRADEWIRE_RETRY_MAX_AGE_MS: milliseconds(3 * DAY, 1, 365 * DAY),
    GRADEWIRE_HOLD_BASE_MS: milliseconds(1_000, 10, HOUR),
    GRADEWIRE_HOLD_MAX_MS: milliseconds(30_000, 10, HOUR),
    GRADEWIRE_CREDENTIALS_GRACE_MS: milliseconds(DAY, 0, 365 * DAY),
    GRADEWIRE_RETENTION_MS: milliseconds(30 * DAY, MINUTE, 3_650 * DAY),
    GRADEWIRE_CELL_RETENTION_MS: milliseconds(400 * DAY, MINUTE, 3_650 * DAY),
    GRADEWIRE_LOG_LEVEL: z.enum(levels, levels.join(', ')).default('info'),
  })
  .superRefine((values, context) => {
    const pairs = [
      ['GRADEWIRE_RETRY_BASE_MS', 'GRADEWIRE_RETRY_MAX_MS'],
      ['GRADEWIRE_HOLD_BASE_MS', 'GRADEWIRE_HOLD_MAX_MS'],
    ] as const;
    for (const [base, max] of pairs) {
      if (values[base] > values[max]) {
        context.addIssue({ code: 'custom', path: [max], message: `milliseconds, at least ${base}` });
      }
    }
  });

export interface Config {
  redisUrl: string;
  host: string;
  port: number;
  encryptionKey: Buffer;
  /** Opens what it sealed before the key was changed; seals nothing. */
  previousEncryptionKey?: Buffer;
  allowPrivateNetworks: boolean;
  /** Requests in flight in this process, all lanes together. */
  concurrency: number;
  requestTimeoutMs: number;
  retry: { baseMs: number; maxMs: number; maxAgeMs: number };
  hold: { baseMs: number; maxMs: number };
  credentialsGraceMs: number;
  retentionMs: number;
  cellRetentionMs: number;
  logLevel: string;
}

/** A variable of the environment is missing or wrong; the message names each with what is accepted, never its value. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Reads the environment of the contract, or throws a ConfigError. An empty variable counts as absent. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(present);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      return `${name} ${present[name] === undefined ? 'is missing' : 'is wrong'}. Accepted: ${issue.message}.`;
    });
    throw new ConfigError(lines.join('\n'));
  }
  const values = parsed.data;
  return {
    redisUrl: values.GRADEWIRE_REDIS_URL,
    host: values.GRADEWIRE_HOST,
    port: values.GRADEWIRE_DELIVERY_PORT,
    encryptionKey: values.GRADEWIRE_ENCRYPTION_KEY,
    ...(values.GRADEWIRE_ENCRYPTION_KEY_PREVIOUS && {
      previousEncryptionKey: values.GRADEWIRE_ENCRYPTION_KEY_PREVIOUS,
    }),
    allowPrivateNetworks: values.GRADEWIRE_ALLOW_PRIVATE_NETWORKS,
    concurrency: values.GRADEWIRE_CONCURRENCY,
    requestTimeoutMs: values.GRADEWIRE_REQUEST_TIMEOUT_MS,
    retry: {
      baseMs: values.GRADEWIRE_RETRY_BASE_MS,
      maxMs: values.GRADEWIRE_RETRY_MAX_MS,
      maxAgeMs: values.GRADEWIRE_RETRY_MAX_AGE_MS,
    },
    hold: { baseMs: values.GRADEWIRE_HOLD_BASE_MS, maxMs: values.GRADEWIRE_HOLD_MAX_MS },
    credentialsGraceMs: values.GRADEWIRE_CREDENTIALS_GRACE_MS,
    retentionMs: values.GRADEWIRE_RETENTION_MS,
    cellRetentionMs: values.GRADEWIRE_CELL_RETENTION_MS,
    logLevel: values.GRADEWIRE_LOG_LEVEL,
  };
}
