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
  };
  return destination ? pino(options, destination) : pino(options);
}
