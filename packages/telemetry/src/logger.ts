import { type DestinationStream, type Logger, pino } from 'pino';

const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'set-cookie',
  'token',
  'accessToken',
  'access_token',
  'idToken',
  'id_token',
  'assertion',
  'clientAssertion',
  'client_assertion',
  'key',
  'apiKey',
  'privateKey',
  'encryptionKey',
  'secret',
  'secrets',
  'password',
];

const PERSONAL_FIELDS = ['comment', 'body', 'email', 'userName', 'givenName', 'familyName', 'fullName'];

const DEPTHS = ['', '*.', '*.*.', '*.*.*.'];

/** Every field in `fields` at the top and up to three levels down, in pino's path syntax. */
function redactedPaths(fields: readonly string[]): string[] {
  return DEPTHS.flatMap((prefix) =>
    fields.map((field) =>
      field.includes('-') ? `${prefix.replace(/\.$/, '')}["${field}"]` : prefix + field,
    ),
  );
}

// The top-level `name` is the logger's own; one level down a name is somebody's.
const REDACTED = [
  ...redactedPaths([...SECRET_FIELDS, ...PERSONAL_FIELDS]),
  ...DEPTHS.slice(1).map((prefix) => `${prefix}name`),
];

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** Names the process in every line. */
  name: string;
  /** pino's level, `silent` included. */
  level: string;
  /** Default: stdout. */
  destination?: DestinationStream;
}

/**
 * A pino logger that writes JSON lines. Fields that carry credentials or words about a person are replaced
 * by `[redacted]` wherever they stand in the first four levels of a logged object.
 */
export function createLogger({ name, level, destination }: LoggerOptions): Logger {
  const options = {
    name,
    level,
    redact: { paths: REDACTED, censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: unknown) => describeError(error) },
  };
  return destination ? pino(options, destination) : pino(options);
}

interface ErrorDescription {
  type: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: ErrorDescription;
}

const MAX_CAUSES = 5;

/**
 * What is logged of an error: nothing but these. Other members can hold what was being sent (ioredis hangs the whole
 * command on its errors).
 */
function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { name, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    type: name,
    message,
    ...(code !== undefined && { code }),
    ...(stack !== undefined && { stack }),
    ...(cause !== undefined && depth < MAX_CAUSES && { cause: describeError(cause, depth + 1) }),
  };
}
