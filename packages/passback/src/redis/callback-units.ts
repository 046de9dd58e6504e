import type { Redis } from 'ioredis';
import { type Callback, wantsEvent } from '../callback.ts';
import { type CallbackAnswer, retryDelayMs, type UnitProgress } from '../callback-attempt.ts';
import {
  afterFailure,
  afterSuccess,
  type Endpoint,
  type EndpointPolicy,
  NEW_ENDPOINT,
  openMsOf,
} from '../callback-endpoint.ts';
import {
  bodyWithin,
  callbackMessageId,
  DIGEST_EVENTS,
  DIGEST_WAIT_MS,
  disabledBody,
} from '../callback-message.ts';
import type { RetryPolicy } from '../retry.ts';
import { bodyContext, callbackKey } from './callback-keys.ts';
import { Script } from './script.ts';
import {
  endpointScript,
  failDisabledScript,
  giveUpUnitScript,
  settleUnitScript,
  storeEventsScript,
  takeUnitsScript,
  trimLogScript,
  waitScript,
} from './scripts/callbacks.ts';
import { SealBrokenError, type SecretBox } from './secret-box.ts';
import { callbackOf, openSecrets, type StoredCallback } from './stored-callback.ts';

export interface CallbackUnitsOptions {
  redis: Redis;
  box: SecretBox;
  retry: RetryPolicy;
  /** First and longest time between two probes of an endpoint that fails, ms. */
  hold: { baseMs: number; maxMs: number };
  /** How long what was sent, or given up, is kept, ms. */
  retentionMs: number;
  /** How long a unit belongs to whoever sends it, ms: longer than a request may take. */
  claimMs: number;
  random: () => number;
  /** Added to Redis's clock; tests move time with it. */
  clockShiftMs?: () => number;
}

/** An event of a platform on its way to the callbacks that want it. */
export interface EventToStore {
  /** Its id in the outbox. */
  id: string;
  messageId: string;
  type: string;
  atMs: number;
  body: string;
  callbackIds: readonly string[];
}

/** One request, to be sent to a callback: an event or a digest. It is the sender's until its claim ends. */
export interface Unit extends UnitProgress {
  id: string;
  claim: string;
  /** Where it is to be sent. */
  url: string;
  body: string;
}

export interface Taken {
  /** Redis's clock. */
  nowMs: number;
  /** What signs now, the newest first. */
  secrets: string[];
  units: Unit[];
  /** Units that our encryption keys do not open; they are taken again when the claim ends. */
  unreadable: number;
}

/** What an attempt came to. */
export interface UnitSettled {
  outcome: 'delivered' | 'later' | 'failed';
  /** What became of the callback, if that changed. */
  turned?: 'opened' | 'closed' | 'GONE' | 'FAILING';
  /** Other callbacks that are to be told of it. */
  callbackIds: string[];
}

const store = new Script(storeEventsScript);
const take = new Script(takeUnitsScript);
const readEndpoint = new Script(endpointScript);
const settle = new Script(settleUnitScript);
const giveUp = new Script(giveUpUnitScript);
const failDisabled = new Script(failDisabledScript);
const wait = new Script(waitScript);
const trim = new Script(trimLogScript);

const unitsPerPage = 1_000;
const trimmedAtOnce = 1_000;
/** What the taking script tells of each. */
const unitFields = 6;
/** For the list of deliveries. */
const foreign = 'of a platform that it is not for';

/**
 * What is to be sent to callbacks, from the event to the end of its last attempt. A unit is sent at least once: it stays due
 * until an answer settles it, whoever dies.
 */
export class CallbackUnits {
  readonly #options: CallbackUnitsOptions;
  readonly #policy: EndpointPolicy;

  constructor(options: CallbackUnitsOptions) {
    this.#options = options;
    this.#policy = { hold: options.hold, maxAgeMs: options.retry.maxAgeMs };
  }

  /** How many callbacks there are. */
  async callbackCount(): Promise<number> {
    return this.#options.redis.hlen(callbackKey('registry'));
  }

  async callbacks(): Promise<Callback[]> {
    const rows = await this.#options.redis.hgetall(callbackKey('registry'));
    return Object.entries(rows).map(([id, json]) => callbackOf(id, JSON.parse(json) as StoredCallback));
  }

  /** Takes in events of one platform, in the order of the outbox; those that were taken in before are left out. */
  async store(platformId: string, events: readonly EventToStore[]): Promise<void> {
    const args = events.flatMap(({ id, messageId, type, atMs, body, callbackIds }) => [
      id,
      messageId,
      type,
      atMs,
      this.#seal(messageId, body),
      callbackIds.join(' '),
    ]);
    await this.#run(store, platformId, ...args);
  }

  /**
   * Takes up to so many units that are due, in order; of a callback that keeps failing one at a time, as a probe. What is of
   * platforms that it is not for any more is given up.
   */
  async take(callbackId: string, most: number): Promise<Taken | undefined> {
    for (;;) {
      const [json, now, probe, ...rows] = (await this.#run(
        take,
        callbackId,
        most,
        this.#options.claimMs,
      )) as string[];
      if (json === undefined) return undefined;
      const stored = JSON.parse(json) as StoredCallback;
      const found: (Unit | undefined)[] = [];
      for (let i = 0; i < rows.length; i += unitFields) {
        found.push(this.#unit(rows.slice(i, i + unitFields), stored.url, probe === '1'));
      }
      const readable = found.filter((unit) => unit !== undefined);
      const units = await this.#within(callbackId, stored.platformIds, readable);
      // Nothing but what it gave up: what is due comes behind it.
      if (units.length === 0 && readable.length > 0) continue;
      return {
        nowMs: Number(now),
        secrets: openSecrets(this.#options.box, callbackId, stored, Number(now)),
        units,
        unreadable: found.length - readable.length,
      };
    }
  }

  /** Writes what an attempt came to, for the unit and for its callback. */
  async settle(callbackId: string, unit: Unit, answer: CallbackAnswer): Promise<UnitSettled> {
    for (;;) {
      const { nowMs, revision, endpoint, url } = await this.#endpoint(callbackId);
      // The callback was put with another address meanwhile: of that one this answer tells nothing.
      const after = url === unit.url ? this.#after(endpoint, unit, answer, nowMs) : endpoint;
      const delayMs = this.#delayMs(endpoint, unit, answer, nowMs);
      const isOver = after.disabled !== undefined || delayMs === undefined;
      const outcome = answer.kind === 'delivered' ? 'delivered' : isOver ? 'failed' : 'later';
      const turned = turnedTo(endpoint, after);
      const news = after.disabled && !endpoint.disabled ? await this.#news(callbackId, after.disabled) : [];
      const written = await this.#run(
        settle,
        callbackId,
        revision,
        JSON.stringify(after),
        unit.id,
        unit.claim,
        unit.isProbe ? '1' : '',
        this.#options.retentionMs,
        outcome,
        answer.httpStatus ?? '',
        answer.kind === 'failed' ? answer.error : '',
        delayMs ?? '',
        openMsOf(after, nowMs),
        ...news,
      );
      if (written !== 1) continue;
      const callbackIds = news.length > 0 ? String(news.at(-1)).split(' ') : [];
      return { outcome, ...(turned && { turned }), callbackIds };
    }
  }

  /** Gives up what a disabled callback was to be sent: it can be sent again once the callback is enabled. */
  async failDisabled(callbackId: string): Promise<number> {
    const { retentionMs } = this.#options;
    for (let failed = 0; ; ) {
      const count = await this.#run(failDisabled, callbackId, unitsPerPage, retentionMs, 'disabled');
      failed += Number(count);
      if (Number(count) < unitsPerPage) return failed;
    }
  }

  /** In how many ms the callback wants to be looked after; below 0 when it should have been; undefined: not before news. */
  async waitMs(callbackId: string): Promise<number | undefined> {
    const ms = (await this.#run(wait, callbackId, DIGEST_WAIT_MS, DIGEST_EVENTS)) as string;
    return ms === '' ? undefined : Number(ms);
  }

  /** Forgets some of what has been kept for long enough. */
  async trim(callbackId: string): Promise<void> {
    await this.#run(trim, callbackId, this.#options.retentionMs, trimmedAtOnce);
  }

  #after(endpoint: Endpoint, unit: Unit, answer: CallbackAnswer, nowMs: number): Endpoint {
    if (answer.kind === 'delivered') return afterSuccess(endpoint, nowMs);
    const { isGone, retryAfterMs } = answer;
    const failure = { unit: unit.id, isProbe: unit.isProbe, isGone, retryAfterMs };
    return afterFailure(endpoint, failure, nowMs, this.#policy);
  }

  #delayMs(endpoint: Endpoint, unit: Unit, answer: CallbackAnswer, nowMs: number): number | undefined {
    if (answer.kind === 'delivered') return undefined;
    const { retry, random } = this.#options;
    return retryDelayMs(unit, endpoint, nowMs, { retry, random, retryAfterMs: answer.retryAfterMs });
  }

  /** For the settling script: what others are told of a callback that is disabled, and who. */
  async #news(
    callbackId: string,
    { reason, atMs }: NonNullable<Endpoint['disabled']>,
  ): Promise<(string | number)[]> {
    const all = await this.callbacks();
    const about = all.find(({ id }) => id === callbackId)?.platformIds;
    const others = all.filter(
      (other) => other.id !== callbackId && wantsEvent(other, 'callback.disabled', about),
    );
    if (others.length === 0) return [];
    const messageId = callbackMessageId(atMs, 0, `disabled ${callbackId}`);
    const body = this.#seal(messageId, disabledBody(callbackId, reason, atMs));
    return [messageId, 'callback.disabled', atMs, body, others.map(({ id }) => id).join(' ')];
  }

  async #endpoint(
    callbackId: string,
  ): Promise<{ nowMs: number; revision: string; endpoint: Endpoint; url: string }> {
    const [now, revision = '', json = '', url = ''] = (await this.#run(readEndpoint, callbackId)) as string[];
    const endpoint = json === '' ? NEW_ENDPOINT : (JSON.parse(json) as Endpoint);
    return { nowMs: Number(now), revision, endpoint, url };
  }

  /** Of the units what is of the callback's platforms, which were more when they were stored; gives up what is not. */
  async #within(
    callbackId: string,
    platformIds: readonly string[] | undefined,
    units: readonly Unit[],
  ): Promise<Unit[]> {
    if (!platformIds) return [...units];
    const kept: Unit[] = [];
    for (const unit of units) {
      const body = bodyWithin(unit.body, platformIds);
      if (body !== undefined) kept.push({ ...unit, body });
      else await this.#run(giveUp, callbackId, unit.id, unit.claim, this.#options.retentionMs, foreign);
    }
    return kept;
  }

  /** Undefined when our encryption keys do not open its body. */
  #unit(fields: readonly string[], url: string, isProbe: boolean): Unit | undefined {
    const [id = '', claim = '', sealed = '', tries, firstFailureAt = '', openedBefore = ''] = fields;
    try {
      return {
        id,
        claim,
        url,
        body: this.#options.box.open(sealed, bodyContext(id)),
        tries: Number(tries),
        ...(firstFailureAt !== '' && { firstFailureMs: Number(firstFailureAt) }),
        ...(openedBefore !== '' && { openedBeforeMs: Number(openedBefore) }),
        isProbe,
      };
    } catch (error) {
      if (error instanceof SealBrokenError) return undefined;
      throw error;
    }
  }

  #seal(messageId: string, body: string): string {
    return this.#options.box.seal(body, bodyContext(messageId));
  }

  #run(script: Script, ...args: (string | number)[]): Promise<unknown> {
    const { redis, clockShiftMs = () => 0 } = this.#options;
    return script.run(redis, callbackKey('registry'), [clockShiftMs(), ...args]);
  }
}

function turnedTo(before: Endpoint, after: Endpoint): UnitSettled['turned'] {
  if (after.disabled) return before.disabled ? undefined : after.disabled.reason;
  if (after.open && !before.open) return 'opened';
  if (!after.open && before.open) return 'closed';
  return undefined;
}
