import { z } from 'zod';
import { nameField, pointsAvailableField, textField } from './input-fields.ts';
import { platformIdSchema } from './platform-id.ts';
import { type ScoreContent, scoreInputSchema } from './score.ts';
import { type SourceTarget, sourceTargetSchema } from './source-target.ts';

const MAX_MAPPING_BYTES = 16_384;
const MAX_SECRET_LENGTH = 512;
const MAX_PREFIX_LENGTH = 64;
const MAX_HEADER_LENGTH = 100;
const MAX_ASSIGNMENT_LENGTH = 512;

/** How a sender proves that a webhook is its own. */
export const WEBHOOK_SCHEMES = ['standard', 'github', 'hmac-sha256', 'bearer'] as const;
export type WebhookScheme = (typeof WEBHOOK_SCHEMES)[number];

/** Whose words a source's bodies are in. */
export const SOURCE_ADAPTERS = [
  'gradewire',
  'gradescope',
  'github-classroom',
  'prairielearn',
  'nbgrader',
  'custom',
] as const;
export type SourceAdapter = (typeof SOURCE_ADAPTERS)[number];

const SAME_EACH_TIME = /^(authorization|host|user-agent|accept|connection|content-(type|length|encoding))$/i;

const headerField = () =>
  z
    .string()
    .max(MAX_HEADER_LENGTH, `must be at most ${MAX_HEADER_LENGTH} characters`)
    .regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be the name of a header');

export const signatureSchema = z
  .strictObject({
    header: headerField().default('X-Signature').meta({ description: 'The header that has the signature.' }),
    encoding: z.enum(['hex', 'base64']).default('hex').meta({ description: 'How it is written.' }),
    prefix: z
      .string()
      .max(MAX_PREFIX_LENGTH, `must be at most ${MAX_PREFIX_LENGTH} characters`)
      .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII')
      .optional()
      .meta({ description: 'What stands before it.', example: 'sha256=' }),
  })
  .meta({ id: 'SignatureSettings', description: 'Where the signature is, with scheme hmac-sha256.' });

const { shape } = scoreInputSchema;

export const sourceDefaultsSchema = z
  .strictObject({
    scoreMaximum: pointsAvailableField()
      .optional()
      .meta({ description: 'The scale where the sender tells none.' }),
    activityProgress: shape.activityProgress.removeDefault().optional(),
    gradingProgress: shape.gradingProgress.removeDefault().optional(),
    overwrite: shape.overwrite,
    extensions: shape.extensions,
    metadata: shape.metadata,
    scoringUserId: shape.scoringUserId,
  })
  .meta({ id: 'SourceDefaults', description: 'Members of each score, where the sender does not give them.' });

/** The body of `PUT /v1/webhook-sources/{sourceId}`. Whether the secrets suit their scheme is to be checked besides. */
export const webhookSourceInputSchema = z
  .strictObject({
    platformId: platformIdSchema,
    scheme: z.enum(WEBHOOK_SCHEMES).meta({ description: 'How the sender proves that a webhook is its own.' }),
    secrets: z
      .array(z.string().max(MAX_SECRET_LENGTH, `must be at most ${MAX_SECRET_LENGTH} characters`))
      .min(1, 'must hold at least one secret')
      .max(2, 'must hold at most two secrets')
      .optional()
      .meta({
        description:
          'Shared with the sender. Two while one is changed: either is good. With the scheme standard 24 to 64 bytes in base64, with bearer 16 characters at least, else 8; 32 random ones are better. Required at first; absent on a replacement, the known ones stay. Never shown again.',
      }),
    adapter: z.enum(SOURCE_ADAPTERS).meta({ description: 'Whose words the bodies are in.' }),
    signature: signatureSchema.optional(),
    deliveryIdHeader: headerField().optional().meta({
      description:
        "With schemes hmac-sha256 and bearer: the header that has the sender's own id of a delivery. Default: webhook-id; without it the body tells duplicates.",
      example: 'X-Delivery-Id',
    }),
    mapping: textField(MAX_MAPPING_BYTES)
      .refine(isShort, `must be at most ${MAX_MAPPING_BYTES} bytes`)
      .optional()
      .meta({
        description: "With adapter custom: JSONata from the sender's body to a score, or a list of them.",
      }),
    target: sourceTargetSchema.optional(),
    assignment: nameField(MAX_ASSIGNMENT_LENGTH).optional().meta({
      description:
        'Only grades of this assignment, where a sender sends those of several; the others are passed over.',
      example: 'linked-lists',
    }),
    defaults: sourceDefaultsSchema.optional(),
  })
  .superRefine(({ scheme, adapter, signature, deliveryIdHeader, mapping }, context) => {
    const refuse = (member: string, message: string) =>
      context.addIssue({ code: 'custom', path: [member], message });
    if (signature && scheme !== 'hmac-sha256') refuse('signature', 'is for the scheme hmac-sha256');
    if (deliveryIdHeader && !['hmac-sha256', 'bearer'].includes(scheme))
      refuse('deliveryIdHeader', 'is for the schemes hmac-sha256 and bearer; this one has its own');
    else if (deliveryIdHeader && SAME_EACH_TIME.test(deliveryIdHeader))
      refuse('deliveryIdHeader', 'must be a header that differs: all deliveries would be taken for one');
    if (mapping !== undefined && adapter !== 'custom') refuse('mapping', 'is for the adapter custom');
    if (mapping === undefined && adapter === 'custom')
      refuse('mapping', 'is required with the adapter custom');
  })
  .meta({ id: 'WebhookSourceInput', description: 'One sender of webhooks, and what its grades are for.' });

export type WebhookSourceInput = z.output<typeof webhookSourceInputSchema>;

/** What a source's scores have where the sender does not say. */
export type SourceDefaults = Partial<
  Pick<
    ScoreContent,
    | 'scoreMaximum'
    | 'activityProgress'
    | 'gradingProgress'
    | 'overwrite'
    | 'extensions'
    | 'metadata'
    | 'scoringUserId'
  >
>;

/** A sender of webhooks, nothing left to default. Its secrets are told only where they are needed. */
export interface WebhookSource {
  id: string;
  platformId: string;
  scheme: WebhookScheme;
  adapter: SourceAdapter;
  /** With hmac-sha256. */
  signature?: { header: string; encoding: 'hex' | 'base64'; prefix?: string };
  deliveryIdHeader?: string;
  /** With the adapter custom. */
  mapping?: string;
  target?: SourceTarget;
  /** Grades of others are passed over. */
  assignment?: string;
  defaults: SourceDefaults;
  secretCount: number;
  /** RFC 3339 in UTC with milliseconds, as is `updatedAt`. */
  createdAt: string;
  updatedAt: string;
}

/** With what its webhooks are verified by. */
export interface WebhookSourceWithSecrets extends WebhookSource {
  /** One, or two while one is changed. */
  secrets: readonly string[];
}

/** The name that a caller gives a source: a slug, as that of a platform. */
export const sourceIdSchema = platformIdSchema.meta({
  id: 'SourceId',
  description: 'The name you gave the source.',
  example: 'cs101-autograder',
});

/**
 * A source from its input, with what is left to default.
 * @param now in milliseconds
 */
export function resolveSource(
  { secrets: _, ...input }: WebhookSourceInput,
  now: number,
  { createdAt }: { createdAt?: string | undefined } = {},
): Omit<WebhookSource, 'id' | 'secretCount'> {
  const updatedAt = new Date(now).toISOString();
  const signature = input.scheme === 'hmac-sha256' && signatureSchema.parse(input.signature ?? {});
  const source = { ...input, ...(signature && { signature }), defaults: input.defaults ?? {} };
  // A round trip through JSON drops the members that are undefined, at every depth; it came as JSON.
  const resolved = JSON.parse(JSON.stringify(source)) as Omit<WebhookSource, 'id' | 'secretCount'>;
  return { ...resolved, createdAt: createdAt ?? updatedAt, updatedAt };
}

// Of too many characters it is said already.
function isShort(text: string): boolean {
  return text.length > MAX_MAPPING_BYTES || Buffer.byteLength(text) <= MAX_MAPPING_BYTES;
}
