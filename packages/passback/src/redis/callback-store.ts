import type { Redis } from 'ioredis';
import type { CallbackDelivery, CallbackDeliveryStatus, CallbackInput, CallbackView } from '../callback.ts';
import { type Endpoint, enabled, NEW_ENDPOINT } from '../callback-endpoint.ts';
import { callbackKey } from './callback-keys.ts';
import { CallbackLog, type ResendQuery, type Resent } from './callback-log.ts';
import { CallbackSeals } from './callback-seals.ts';
import { alignEventsWanted } from './events-wanted.ts';
import type { Page } from './record-types.ts';
import { Script } from './script.ts';
import { deleteCallbackScript, putCallbackScript, readCallbackScript } from './scripts/callback-registry.ts';
import type { SealCounts, SealedStore } from './sealed-store.ts';
import type { SecretBox } from './secret-box.ts';
import { callbackOf, type StoredCallback, withSecret } from './stored-callback.ts';

export type CallbackPut =
  | { kind: 'created' | 'replaced'; callback: CallbackView }
  /** A new callback needs a secret. */
  | { kind: 'secretRequired' };

interface Known {
  nowMs: number;
  json: string;
  revision: string;
  endpoint: Endpoint;
  deliveredAt: string;
  pending: number;
}

const read = new Script(readCallbackScript);
const write = new Script(putCallbackScript);
const remove = new Script(deleteCallbackScript);

const unitsPerRemoval = 1_000;

/** The registered callbacks and what was sent to them, as callers of the API see it. */
export class CallbackStore implements SealedStore {
  readonly #redis: Redis;
  readonly #box: SecretBox;
  readonly #log: CallbackLog;
  readonly #seals: CallbackSeals;
  readonly #clockShiftMs: () => number;

  constructor(options: { redis: Redis; box: SecretBox; clockShiftMs?: () => number }) {
    this.#redis = options.redis;
    this.#box = options.box;
    this.#log = new CallbackLog(options);
    this.#seals = new CallbackSeals(options);
    this.#clockShiftMs = options.clockShiftMs ?? (() => 0);
  }

  /** Creates or replaces a callback; a disabled one is enabled again. From its return on no event is missed. */
  async put(id: string, input: CallbackInput): Promise<CallbackPut> {
    for (;;) {
      const known = await this.#read(id);
      const former = known.json === '' ? undefined : (JSON.parse(known.json) as StoredCallback);
      const stored = this.#stored(id, input, former, known.nowMs);
      if (!stored) return { kind: 'secretRequired' };
      const json = JSON.stringify(stored);
      const endpoint = JSON.stringify(enabled(known.endpoint, known.nowMs));
      if ((await this.#run(write, id, known.json, known.revision, json, endpoint)) !== 1) continue;
      await alignEventsWanted(this.#redis);
      const callback = viewOf(id, { ...known, json, endpoint: JSON.parse(endpoint) as Endpoint });
      return { kind: former ? 'replaced' : 'created', callback };
    }
  }

  async get(id: string): Promise<CallbackView | undefined> {
    const known = await this.#read(id);
    return known.json === '' ? undefined : viewOf(id, known);
  }

  /** By id. */
  async list(query: {
    cursor?: string;
    limit: number;
    isWanted?: (callback: CallbackView) => boolean;
  }): Promise<Page<CallbackView>> {
    const { cursor = '', limit, isWanted = () => true } = query;
    const ids = (await this.ids()).filter((id) => id > cursor);
    const data: CallbackView[] = [];
    for (let i = 0; i < ids.length; i += limit) {
      const found = await Promise.all(ids.slice(i, i + limit).map((id) => this.get(id)));
      for (const callback of found) {
        if (!callback || !isWanted(callback)) continue;
        if (data.length === limit) return { data, nextCursor: data.at(-1)!.id };
        data.push(callback);
      }
    }
    return { data };
  }

  /** All that are registered, sorted. */
  async ids(): Promise<string[]> {
    return (await this.#redis.hkeys(callbackKey('registry'))).sort();
  }

  /** What it was to be sent goes with it. */
  async delete(id: string): Promise<'deleted' | 'notFound'> {
    for (;;) {
      const result = await this.#run(remove, id, unitsPerRemoval);
      if (result === 'more') continue;
      if (result === 'deleted') await alignEventsWanted(this.#redis);
      return result as 'deleted' | 'notFound';
    }
  }

  /** Newest first; undefined when there is no such callback. A page may be short. */
  async deliveries(query: {
    callbackId: string;
    status?: CallbackDeliveryStatus;
    cursor?: string;
    limit: number;
  }): Promise<Page<CallbackDelivery> | undefined> {
    if ((await this.#redis.hexists(callbackKey('registry'), query.callbackId)) === 0) return undefined;
    return this.#log.list(query);
  }

  /** Makes deliveries pending again; `CallbackQueue.enqueue` sends them at once. A disabled callback takes none. */
  async resend(callbackId: string, query: ResendQuery): Promise<Resent> {
    return this.#log.resend(callbackId, query);
  }

  async sealCounts(): Promise<SealCounts> {
    return this.#seals.sealCounts();
  }

  async reseal(): Promise<number> {
    return this.#seals.reseal();
  }

  #stored(
    id: string,
    { secret, platformIds, ...input }: CallbackInput,
    former: StoredCallback | undefined,
    nowMs: number,
  ): StoredCallback | undefined {
    const secrets = secret === undefined ? former : withSecret(this.#box, id, former, secret, nowMs);
    if (!secrets) return undefined;
    const updatedAt = new Date(nowMs).toISOString();
    return {
      ...input,
      ...(platformIds && { platformIds }),
      createdAt: former?.createdAt ?? updatedAt,
      updatedAt,
      secret: secrets.secret,
      ...(secrets.former && { former: secrets.former }),
    };
  }

  async #read(id: string): Promise<Known> {
    const [now, json, revision, endpoint, deliveredAt, pending] = (await this.#run(read, id)) as [
      string,
      string,
      string,
      string,
      string,
      number,
    ];
    return {
      nowMs: Number(now),
      json,
      revision,
      endpoint: endpoint === '' ? NEW_ENDPOINT : (JSON.parse(endpoint) as Endpoint),
      deliveredAt,
      pending,
    };
  }

  #run(script: Script, ...args: (string | number)[]): Promise<unknown> {
    return script.run(this.#redis, callbackKey('registry'), [this.#clockShiftMs(), ...args]);
  }
}

function viewOf(id: string, { json, endpoint, deliveredAt, pending }: Known): CallbackView {
  const { disabled, failingSinceMs } = endpoint;
  return {
    ...callbackOf(id, JSON.parse(json) as StoredCallback),
    status: disabled ? 'disabled' : failingSinceMs === undefined ? 'active' : 'failing',
    ...(disabled && { disabledReason: disabled.reason, disabledAt: iso(disabled.atMs) }),
    ...(failingSinceMs !== undefined && { failingSince: iso(failingSinceMs) }),
    ...(deliveredAt !== '' && { lastDeliveredAt: iso(deliveredAt) }),
    pending,
  };
}

function iso(ms: number | string): string {
  return new Date(Number(ms)).toISOString();
}
