import type { Redis } from 'ioredis';
import type { CallbackDelivery, CallbackDeliveryStatus } from '../callback.ts';
import { callbackKey } from './callback-keys.ts';
import type { Page } from './record-types.ts';
import { parseCursor } from './score-reader.ts';
import { Script } from './script.ts';
import { resendSinceScript, resendUnitScript } from './scripts/callback-registry.ts';
import { windowScript } from './scripts/read.ts';

/** What to send again: one delivery, or all since an instant, those under way excepted; `status` narrows that. */
export type ResendQuery =
  | { deliveryId: string }
  | { sinceMs: number; status?: Exclude<CallbackDeliveryStatus, 'pending'> };

export type Resent = { kind: 'resent'; count: number } | { kind: 'notFound' | 'disabled' };

const listWindow = new Script(windowScript);
const resendUnit = new Script(resendUnitScript);
const resendSince = new Script(resendSinceScript);

const unitsPerCall = 100;
const resentPerCall = 1_000;
/** What one list call looks at before it answers with a short page and a cursor. */
const longestScan = 1_000;
const shown = [
  'type',
  'status',
  'attempts',
  'lastAttemptAt',
  'httpStatus',
  'error',
  'deliveredAt',
  'claim',
] as const;

interface LogEntry {
  id: string;
  atMs: number;
}

/** What was sent to callbacks and what is on its way, for as long as that is kept. */
export class CallbackLog {
  readonly #redis: Redis;
  readonly #clockShiftMs: () => number;

  constructor(options: { redis: Redis; clockShiftMs?: () => number }) {
    this.#redis = options.redis;
    this.#clockShiftMs = options.clockShiftMs ?? (() => 0);
  }

  async list(query: {
    callbackId: string;
    status?: CallbackDeliveryStatus;
    cursor?: string;
    limit: number;
  }): Promise<Page<CallbackDelivery>> {
    const data: CallbackDelivery[] = [];
    let at = query.cursor === undefined ? undefined : parseCursor(query.cursor);
    for (let looked = 0; looked < longestScan; looked += unitsPerCall) {
      const entries = await this.#window(query.callbackId, at);
      const found = await Promise.all(entries.map((entry) => this.#delivery(query.callbackId, entry)));
      for (const [i, delivery] of found.entries()) {
        if (!delivery || (query.status && delivery.status !== query.status)) continue;
        data.push(delivery);
        if (data.length === query.limit) return { data, nextCursor: cursorOf(entries[i]!) };
      }
      if (entries.length < unitsPerCall) return { data };
      at = entries.at(-1);
    }
    return { data, ...(at && { nextCursor: cursorOf(at) }) };
  }

  async resend(callbackId: string, query: ResendQuery): Promise<Resent> {
    if ('deliveryId' in query) return resentOf(await this.#run(resendUnit, callbackId, query.deliveryId));
    let count = 0;
    for (let passed = 0; ; passed += resentPerCall) {
      const { sinceMs, status = '' } = query;
      const row = await this.#run(resendSince, callbackId, sinceMs, passed, resentPerCall, status);
      const resent = resentOf(row);
      if (resent.kind !== 'resent') return count > 0 ? { kind: 'resent', count } : resent;
      count += resent.count;
      if (row[2]! < resentPerCall) return { kind: 'resent', count };
    }
  }

  async #window(callbackId: string, from: LogEntry | undefined): Promise<LogEntry[]> {
    const args = [from?.id ?? '', from?.atMs ?? '', unitsPerCall];
    const rows = (await listWindow.run(this.#redis, callbackKey('log', callbackId), args)) as string[];
    return rows.flatMap((id, i) => (i % 2 === 0 ? [{ id, atMs: Number(rows[i + 1]) }] : []));
  }

  /** Undefined once the unit has ended its life. */
  async #delivery(callbackId: string, { id, atMs }: LogEntry): Promise<CallbackDelivery | undefined> {
    const [values, due] = await Promise.all([
      this.#redis.hmget(callbackKey('unit', callbackId, id), ...shown),
      this.#redis.zscore(callbackKey('due', callbackId), id),
    ]);
    const [type, status, attempts, lastAttemptAt, httpStatus, error, deliveredAt, claim] = values;
    if (!type) return undefined;
    return {
      id,
      type: type as CallbackDelivery['type'],
      createdAt: iso(atMs),
      status: status as CallbackDeliveryStatus,
      attempts: Number(attempts ?? 0),
      ...(lastAttemptAt && { lastAttemptAt: iso(lastAttemptAt) }),
      // While it is being sent, what stands there is the end of the sender's claim.
      ...(due && due !== claim && { nextAttemptAt: iso(due) }),
      ...(httpStatus && { httpStatus: Number(httpStatus) }),
      ...(error && { error }),
      ...(deliveredAt && { deliveredAt: iso(deliveredAt) }),
    };
  }

  async #run(script: Script, ...args: (string | number)[]): Promise<[string, number?, number?]> {
    const all = [this.#clockShiftMs(), ...args];
    return (await script.run(this.#redis, callbackKey('registry'), all)) as [string, number?, number?];
  }
}

function resentOf([kind, count = 0]: [string, number?, number?]): Resent {
  return kind === 'resent' ? { kind, count } : { kind: kind as 'notFound' | 'disabled' };
}

function cursorOf({ id, atMs }: LogEntry): string {
  return Buffer.from(`${atMs} ${id}`).toString('base64url');
}

function iso(ms: number | string): string {
  return new Date(Number(ms)).toISOString();
}
