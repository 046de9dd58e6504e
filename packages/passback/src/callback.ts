import { z } from 'zod';
import { addressProblem } from './address.ts';
import { urlField } from './input-fields.ts';
import { platformIdSchema } from './platform-id.ts';
import type { Problem } from './problem.ts';

/** What happens to scores of a platform and to its lane; `callback.disabled` is of no platform. */
export const PLATFORM_EVENTS = [
  'score.delivered',
  'score.dead',
  'score.superseded',
  'lane.held',
  'lane.resumed',
] as const;
export const CALLBACK_EVENTS = [...PLATFORM_EVENTS, 'callback.disabled'] as const;
export const CALLBACK_FORMS = ['each', 'digest'] as const;
export const CALLBACK_STATUSES = ['active', 'failing', 'disabled'] as const;
export const DISABLED_REASONS = ['GONE', 'FAILING'] as const;
export const CALLBACK_DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;

export type PlatformEvent = (typeof PLATFORM_EVENTS)[number];
export type CallbackEvent = (typeof CALLBACK_EVENTS)[number];
export type CallbackForm = (typeof CALLBACK_FORMS)[number];
export type CallbackStatus = (typeof CALLBACK_STATUSES)[number];
/** `GONE`: the endpoint answered 410. `FAILING`: nothing was delivered for the longest time that a cell is retried. */
export type DisabledReason = (typeof DISABLED_REASONS)[number];
export type CallbackDeliveryStatus = (typeof CALLBACK_DELIVERY_STATUSES)[number];

const SECRET = 'must be 24 to 64 bytes in base64, with or without whsec_ before it';

/** The caller's name for a callback: a slug like a platform's. */
export const callbackIdSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    'must be 1 to 63 lower-case letters, digits and hyphens, not led by a hyphen',
  )
  .meta({ id: 'CallbackId', description: 'The name you gave the callback.', example: 'gradebook-app' });

/** The body of `PUT /v1/callbacks/{callbackId}`. Without `secret` a replaced callback keeps the one it has. */
export const callbackInputSchema = z
  .strictObject({
    url: urlField().meta({
      description: 'Where events are posted to: https, on a public host.',
      example: 'https://app.example/gradewire',
    }),
    events: z
      .array(z.enum(CALLBACK_EVENTS))
      .min(1, 'must name at least one event')
      .refine((events) => new Set(events).size === events.length, 'must not name an event twice')
      .meta({ description: 'What is told.' }),
    secret: z.string().refine(isSigningSecret, SECRET).optional().meta({
      description:
        'Signs what is sent (Standard Webhooks): 24 to 64 bytes in base64, mostly with whsec_ before it. Required at first; a replaced one signs too for 24 hours.',
    }),
    platformIds: z
      .array(platformIdSchema)
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: 'The platforms whose events are told. Default: all.' }),
    form: z.enum(CALLBACK_FORMS).default('each').meta({
      description: 'One request for each event, or for up to 500 events gathered for up to 10 seconds.',
    }),
  })
  .meta({ id: 'CallbackInput', description: 'Where events are told, and which.' });

export type CallbackInput = z.output<typeof callbackInputSchema>;

/** Where events are told, and which; the secret apart. Times are RFC 3339 UTC with milliseconds. */
export interface Callback {
  id: string;
  url: string;
  events: CallbackEvent[];
  platformIds?: string[];
  form: CallbackForm;
  createdAt: string;
  updatedAt: string;
}

/** A callback as `GET /v1/callbacks/{callbackId}` shows it. */
export interface CallbackView extends Callback {
  /** `failing`: no request succeeded since `failingSince`. */
  status: CallbackStatus;
  disabledReason?: DisabledReason;
  disabledAt?: string;
  failingSince?: string;
  lastDeliveredAt?: string;
  /** What waits to be delivered: requests, and events that are still gathered. */
  pending: number;
}

/** One request to a callback, with all its attempts, as the list of deliveries shows it. */
export interface CallbackDelivery {
  /** The `webhook-id` of every attempt. */
  id: string;
  type: CallbackEvent | 'digest';
  createdAt: string;
  status: CallbackDeliveryStatus;
  attempts: number;
  lastAttemptAt?: string;
  nextAttemptAt?: string;
  httpStatus?: number;
  error?: string;
  deliveredAt?: string;
}

/** What is wrong with a callback beyond its form. */
export function callbackProblems(
  { url }: Pick<CallbackInput, 'url'>,
  { allowPrivateNetworks }: { allowPrivateNetworks: boolean },
): Problem[] {
  const detail = addressProblem(url, allowPrivateNetworks);
  return detail === undefined ? [] : [{ pointer: '/url', detail }];
}

/**
 * Whether the callback is told of an event. `about` are the platforms that the event is about, undefined: all. A callback for
 * some platforms hears of what is about no others.
 */
export function wantsEvent(
  { events, platformIds }: Pick<Callback, 'events' | 'platformIds'>,
  event: CallbackEvent,
  about: readonly string[] | undefined,
): boolean {
  const isOurs = platformIds === undefined || (about?.every((id) => platformIds.includes(id)) ?? false);
  return isOurs && events.includes(event);
}

function isSigningSecret(secret: string): boolean {
  const encoded = /^(?:whsec_)?([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  if (encoded === undefined || encoded.length % 4 !== 0) return false;
  const { length } = Buffer.from(encoded, 'base64');
  return length >= 24 && length <= 64;
}
