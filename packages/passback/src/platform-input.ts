import { z } from 'zod';
import { nameField, urlField } from './input-fields.ts';
import { PROFILE_NAMES } from './profiles.ts';

const originField = urlField()
  .refine(
    (text) => !URL.canParse(text) || isOrigin(new URL(text)),
    'must be an origin: scheme, host and port only',
  )
  .overwrite((text) => (URL.canParse(text) ? new URL(text).origin : text));

const limitsSchema = z
  .strictObject({
    concurrency: z
      .int()
      .min(1)
      .max(256)
      .optional()
      .meta({ description: 'Requests in flight at once. Default: 4 on Canvas, 8 on Brightspace, else 2.' }),
    ratePerSecond: z
      .number()
      .positive('must be greater than 0')
      .max(10_000)
      .optional()
      .meta({ description: 'Requests per second. Default: no limit.' }),
  })
  .meta({ id: 'PlatformLimits', description: 'How hard the platform may be pressed.' });

/** The body of `PUT /v1/platforms/{platformId}`. */
export const platformInputSchema = z
  .strictObject({
    name: nameField(255).meta({ description: 'For people.', example: 'Springfield Moodle' }),
    issuer: urlField()
      .optional()
      .meta({ description: 'The issuer of its launches.', example: 'https://lms.example' }),
    clientId: nameField(255).meta({ description: "The platform's id of this tool.", example: 'abc' }),
    deploymentIds: z
      .array(nameField(255))
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: 'The deployments taken. Default: any.' }),
    tokenUrl: urlField().optional().meta({
      description: 'Where access tokens are asked for.',
      example: 'https://lms.example/mod/lti/token.php',
    }),
    openidConfigurationUrl: urlField()
      .optional()
      .meta({ description: 'Where issuer, tokenUrl and jwksUrl are read, instead of giving them.' }),
    audience: nameField(2048).optional().meta({
      description:
        'The audience of our assertions. Default: https://api.brightspace.com/auth/token on Brightspace, else tokenUrl.',
    }),
    jwksUrl: urlField().optional().meta({ description: "The platform's keys, for launches." }),
    profile: z
      .enum(PROFILE_NAMES)
      .optional()
      .meta({ description: 'Whose ways it has. Default: told by its addresses, else generic.' }),
    serviceOrigins: z.array(originField).min(1).max(20).optional().meta({
      description:
        'The only origins that tokens are sent to. Default: those of issuer and tokenUrl. Required on Blackboard, and on Canvas when tokenUrl is on a shared host.',
    }),
    limits: limitsSchema.optional(),
    limitGroup: nameField(255).optional().meta({
      description: 'Platforms of one group share limits and throttle holds. Default: the clientId on Canvas.',
    }),
    toolKeyId: nameField(255).optional().meta({ description: 'Pins the key that signs our assertions.' }),
  })
  .superRefine((input, context) => {
    if (input.openidConfigurationUrl !== undefined) return;
    for (const member of ['issuer', 'tokenUrl'] as const) {
      if (input[member] !== undefined) continue;
      context.addIssue({
        code: 'custom',
        path: [member],
        message: 'is required unless openidConfigurationUrl is given',
      });
    }
  })
  .meta({ id: 'PlatformInput', description: 'One tenant at one learning platform.' });

export type PlatformInput = z.output<typeof platformInputSchema>;

function isOrigin(url: URL): boolean {
  return url.pathname === '/' && url.search === '' && url.hash === '';
}
