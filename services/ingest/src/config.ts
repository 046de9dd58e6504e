import { isRedisUrl } from '@gradewire/passback/redis';
import { z } from 'zod';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const port = (fallback: number) =>
  z
    .string()
    .default(String(fallback))
    .refine(
      (text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535,
      'a port, 0 to 65535 (0: any free one)',
    )
    .transform(Number);

const milliseconds = (fallback: number, least: number, most: number) =>
  z
    .string()
    .default(String(fallback))
    .refine(
      (text) => /^\d{1,15}$/.test(text) && Number(text) >= least && Number(text) <= most,
      `milliseconds, ${least} to ${most}`,
    )
    .transform(Number);

const redisUrls = 'the URL of one Redis, redis:// or rediss:// (Sentinel and Cluster are not supported yet)';
const redisUrl = z.string(redisUrls).refine(isRedisUrl, redisUrls);

const key32 = '32 bytes in base64, for example from: openssl rand -base64 32';
const encryptionKey = z
  .string(key32)
  .refine((text) => /^[A-Za-z0-9+/]{43}=$/.test(text) && Buffer.from(text, 'base64').length === 32, key32)
  .transform((text) => Buffer.from(text, 'base64'));

const environment = z.object({
  GRADEWIRE_REDIS_URL: redisUrl,
  GRADEWIRE_MIN_REPLICAS: z
    .string()
    .default('0')
    .refine((text) => /^\d{1,2}$/.test(text), 'a number of replicas, 0 to 99')
    .transform(Number),
  GRADEWIRE_HOST: z.string().min(1, 'an address to listen on').default('127.0.0.1'),
  GRADEWIRE_PORT: port(8080),
  GRADEWIRE_METRICS_PORT: port(9464),
  GRADEWIRE_ADMIN_KEY: z
    .string()
    .regex(
      /^[\x21-\x7e]{32,512}$/,
      'a secret of at least 32 characters, at most 512, all of them visible ASCII',
    )
    .optional(),
  GRADEWIRE_ENCRYPTION_KEY: encryptionKey,
  GRADEWIRE_ENCRYPTION_KEY_PREVIOUS: encryptionKey.optional(),
  GRADEWIRE_PUBLIC_URL: z
    .string()
    .refine(
      (text) => /^https?:\/\/[^\s?#]+$/.test(text) && URL.canParse(text),
      'an http or https URL without query',
    )
    .transform((text) => text.replace(/\/+$/, ''))
    .optional(),
  GRADEWIRE_ALLOW_PRIVATE_NETWORKS: z
    .enum(['true', 'false'], 'true or false')
    .default('false')
    .transform((text) => text === 'true'),
  GRADEWIRE_REQUEST_TIMEOUT_MS: milliseconds(20_000, 100, 5 * MINUTE),
  GRADEWIRE_RETENTION_MS: milliseconds(30 * DAY, MINUTE, 3_650 * DAY),
  GRADEWIRE_CELL_RETENTION_MS: milliseconds(400 * DAY, MINUTE, 3_650 * DAY),
  GRADEWIRE_RECONCILE_INTERVAL_MS: milliseconds(0, 0, 365 * DAY).refine(
    (value) => value === 0 || value >= MINUTE,
    `0 (never), or milliseconds from ${MINUTE} on`,
  ),
  GRADEWIRE_LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'trace, debug, info, warn, error, fatal or silent',
    )
    .default('info'),
});

export interface Config {
  redisUrl: string;
  minReplicas: number;
  host: string;
  port: number;
  metricsPort: number;
  adminKey?: string;
  encryptionKey: Buffer;
  /** Opens what it sealed before the key was changed; seals nothing. */
  previousEncryptionKey?: Buffer;
  /** Without it: host and port, as they turn out to be. No slash at the end. */
  publicUrl?: string;
  allowPrivateNetworks: boolean;
  requestTimeoutMs: number;
  retentionMs: number;
  cellRetentionMs: number;
  /** How often each platform's columns with recent deliveries are compared with the gradebook; 0: never by itself. */
  reconcileIntervalMs: number;
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
    minReplicas: values.GRADEWIRE_MIN_REPLICAS,
    host: values.GRADEWIRE_HOST,
    port: values.GRADEWIRE_PORT,
    metricsPort: values.GRADEWIRE_METRICS_PORT,
    ...(values.GRADEWIRE_ADMIN_KEY === undefined ? {} : { adminKey: values.GRADEWIRE_ADMIN_KEY }),
    encryptionKey: values.GRADEWIRE_ENCRYPTION_KEY,
    ...(values.GRADEWIRE_ENCRYPTION_KEY_PREVIOUS && {
      previousEncryptionKey: values.GRADEWIRE_ENCRYPTION_KEY_PREVIOUS,
    }),
    ...(values.GRADEWIRE_PUBLIC_URL === undefined ? {} : { publicUrl: values.GRADEWIRE_PUBLIC_URL }),
    allowPrivateNetworks: values.GRADEWIRE_ALLOW_PRIVATE_NETWORKS,
    requestTimeoutMs: values.GRADEWIRE_REQUEST_TIMEOUT_MS,
    retentionMs: values.GRADEWIRE_RETENTION_MS,
    cellRetentionMs: values.GRADEWIRE_CELL_RETENTION_MS,
    reconcileIntervalMs: values.GRADEWIRE_RECONCILE_INTERVAL_MS,
    logLevel: values.GRADEWIRE_LOG_LEVEL,
  };
}
