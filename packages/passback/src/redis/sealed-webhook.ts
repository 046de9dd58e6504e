import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { WaitingEntry } from '../webhook-delivery.ts';
import { SealBrokenError, type SecretBox } from './secret-box.ts';

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** The members of a delivery that are sealed, and what each seal is bound to. */
export const SEALED_FIELDS = ['body', 'unmatched'] as const;
export type SealedField = (typeof SEALED_FIELDS)[number];

export function sealContextOf(deliveryId: string, field: SealedField): string {
  return `${field} of webhook ${deliveryId}`;
}

/** What was sent, as it lies in Redis. Zipping does not need the id yet. */
export async function sealBody(
  box: SecretBox,
  body: Buffer,
  deliveryId: Promise<string>,
): Promise<{ id: string; sealed: string }> {
  const [zipped, id] = await Promise.all([zip(body), deliveryId]);
  return { id, sealed: box.seal(zipped.toString('base64'), sealContextOf(id, 'body')) };
}

/** Undefined when it does not open: the encryption key was changed. */
export async function openBody(
  box: SecretBox,
  sealed: string,
  deliveryId: string,
): Promise<Buffer | undefined> {
  const zipped = open(box, sealed, sealContextOf(deliveryId, 'body'));
  return zipped === undefined ? undefined : await unzip(Buffer.from(zipped, 'base64'));
}

export function sealEntries(box: SecretBox, entries: readonly WaitingEntry[], deliveryId: string): string {
  return box.seal(JSON.stringify(entries), sealContextOf(deliveryId, 'unmatched'));
}

/** None when they do not open. */
export function openEntries(box: SecretBox, sealed: string, deliveryId: string): WaitingEntry[] {
  const json = open(box, sealed, sealContextOf(deliveryId, 'unmatched'));
  return json === undefined ? [] : (JSON.parse(json) as WaitingEntry[]);
}

function open(box: SecretBox, sealed: string, context: string): string | undefined {
  try {
    return box.open(sealed, context);
  } catch (error) {
    if (error instanceof SealBrokenError) return undefined;
    throw error;
  }
}
