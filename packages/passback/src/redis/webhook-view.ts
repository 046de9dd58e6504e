import type { WebhookDelivery, WebhookStatus } from '../webhook-delivery.ts';
import { platformOfDelivery } from './webhook-id.ts';

/** A delivery's hash as Redis gives it, flat, or by its fields. */
export type Fields = Readonly<Record<string, string>>;

export function fieldsOf(flat: readonly string[]): Fields {
  return Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]!]] : [])));
}

/** Undefined when there is no such delivery. */
export function deliveryOf(id: string, fields: Fields): WebhookDelivery | undefined {
  const { source, at, type, event, status, ignored, tries, retryAt } = fields;
  if (source === undefined) return undefined;
  const scores = Object.entries(under('score:', fields));
  return {
    id,
    platformId: platformOfDelivery(id)!,
    sourceId: source,
    receivedAtMs: Number(at),
    ...(type && { contentType: type }),
    ...(event && { event }),
    status: status as WebhookStatus,
    ...(ignored && { ignored }),
    accepted: Object.fromEntries(scores.filter(([, scoreId]) => scoreId !== '')),
    discarded: scores.filter(([, scoreId]) => scoreId === '').map(([fingerprint]) => fingerprint),
    notes: Object.entries(under('note:', fields)).map(([index, note]) => ({ index: Number(index), note })),
    unmatched: leftOf(fields).size,
    tries: Number(tries ?? 0),
    ...(retryAt && { nextAttemptAtMs: Number(retryAt) }),
  };
}

/** The fingerprints of the parts that are unmatched, by their indices. */
export function leftOf(fields: Fields): Map<number, string> {
  const left = Object.entries(under('left:', fields));
  return new Map(left.map(([index, fingerprint]) => [Number(index), fingerprint]));
}

function under(prefix: string, fields: Fields): Record<string, string> {
  const some = Object.entries(fields).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(some.map(([name, value]) => [name.slice(prefix.length), value]));
}
