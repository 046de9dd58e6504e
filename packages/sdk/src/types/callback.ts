import type { Score } from './score.ts';

export type CallbackEvent =
  | 'score.delivered'
  | 'score.dead'
  | 'score.superseded'
  | 'lane.held'
  | 'lane.resumed'
  | 'callback.disabled';

/**
 * Where to tell what becomes of scores. The `secret` (`whsec_` and 24 to 64 bytes in base64) is required at first and stays when
 * a replacement names none; when it is changed the old one signs as well for a day.
 */
export interface CallbackInput {
  url: string;
  events: CallbackEvent[];
  secret?: string;
  /** Absent: all platforms. */
  platformIds?: string[];
  /** `digest`: up to 500 events of up to 10 seconds in one request. @default 'each' */
  form?: 'each' | 'digest';
}

/** A registered callback. `failing` is tried on; `disabled` is not, until it is put again. */
export interface Callback extends Omit<CallbackInput, 'secret'> {
  id: string;
  form: 'each' | 'digest';
  status: 'active' | 'failing' | 'disabled';
  disabledReason?: 'GONE' | 'FAILING';
  disabledAt?: string;
  failingSince?: string;
  lastDeliveredAt?: string;
  /** Messages that are not delivered yet. */
  pending: number;
  createdAt: string;
  updatedAt: string;
}

/** One message to a callback. `id` is its `webhook-id`, the same however often it is sent. */
export interface CallbackDelivery {
  id: string;
  type: CallbackEvent | 'digest';
  createdAt: string;
  status: 'pending' | 'delivered' | 'failed';
  attempts: number;
  lastAttemptAt?: string;
  nextAttemptAt?: string;
  httpStatus?: number;
  error?: string;
  deliveredAt?: string;
}

interface Told<Type extends string, Data> {
  type: Type;
  timestamp: string;
  data: Data;
}

/** What a callback of the form `each` is sent. Verify the signature of the raw body before reading it so. */
export type CallbackMessage =
  | Told<'score.delivered' | 'score.dead' | 'score.superseded', Omit<Score, 'attempts'>>
  | Told<'lane.held' | 'lane.resumed', { platformId: string; reason: string; heldUntil?: string }>
  | Told<'callback.disabled', { callbackId: string; reason: string }>;

/** What a callback of the form `digest` is sent. */
export type CallbackDigest = Told<'digest', { events: CallbackMessage[] }>;
