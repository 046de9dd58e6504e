import type { Redis } from 'ioredis';
import { shortHash } from '../cell.ts';
import type { WebhookDelivery, WebhookDeliveryWithBody } from '../webhook-delivery.ts';
import { platformKey } from './keys.ts';
import { type ClaimedIds, type Next, PendingWebhooks } from './pending-webhooks.ts';
import type { Page } from './record-types.ts';
import { Script } from './script.ts';
import {
  closeScript,
  discardScript,
  openScript,
  receiveScript,
  settleScript,
  takeScript,
  unclaimScript,
} from './scripts/webhooks.ts';
import { SealedDeliveries } from './sealed-deliveries.ts';
import type { SealedStore } from './sealed-store.ts';
import { sealBody, sealEntries } from './sealed-webhook.ts';
import type { SecretBox } from './secret-box.ts';
import { bornAtOfDelivery, parseUnmatchedId, platformOfDelivery } from './webhook-id.ts';
import { WebhookReader } from './webhook-reader.ts';
import type {
  Claimed,
  IncomingWebhook,
  Received,
  UnmatchedPart,
  UnmatchedQuery,
  WebhookSettlement,
  WhichUnmatched,
} from './webhook-types.ts';

const openSource = new Script(openScript);
const closeSource = new Script(closeScript);
const receive = new Script(receiveScript);
const take = new Script(takeScript);
const settle = new Script(settleScript);
const unclaim = new Script(unclaimScript);
const discard = new Script(discardScript);

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const SEEN_FOR_MS = DAY;
const LOOK_AGAIN_MS = 200;
const IDS_PER_CALL = 1_000;

export interface WebhookDeliveriesOptions {
  redis: Redis;
  box: SecretBox;
  /** How long a finished delivery can be read, at least a day. */
  retentionMs: number;
  /** How long a claim lasts. @default 60_000 */
  claimMs?: number;
  /** Added to Redis's clock; tests move time with it. */
  clockShiftMs?: () => number;
}

/**
 * Webhooks from being verified until every part of them is a score, or given up. What is received is pending until somebody
 * claims it and settles what came of it; what is unmatched then is claimed again when a retry is asked for or its time comes.
 * Whoever is working meanwhile is told `again`, so that no change is missed.
 */
export class WebhookDeliveries {
  readonly secrets: SealedStore;
  readonly #redis: Redis;
  readonly #box: SecretBox;
  readonly #lifeMs: number;
  readonly #clockShiftMs: () => number;
  readonly #pending: PendingWebhooks;
  readonly #reader: WebhookReader;

  constructor({ redis, box, retentionMs, claimMs, clockShiftMs = () => 0 }: WebhookDeliveriesOptions) {
    this.#redis = redis;
    this.#box = box;
    // As long as it is remembered, so that a duplicate can be told what it is one of.
    this.#lifeMs = Math.max(retentionMs, SEEN_FOR_MS);
    this.#clockShiftMs = clockShiftMs;
    this.#pending = new PendingWebhooks({ redis, clockShiftMs, ...(claimMs !== undefined && { claimMs }) });
    this.#reader = new WebhookReader({ redis, box });
    this.secrets = new SealedDeliveries({ redis, box, pending: this.#pending });
  }

  /** Lets a source receive on its platform; repeating it does no harm. */
  async open(platformId: string, sourceId: string): Promise<void> {
    await this.#run(openSource, platformId, [sourceId]);
  }

  /** Ends that. Refused while something of it is pending or unmatched, unless `force`, which discards it. */
  async close(
    platformId: string,
    sourceId: string,
    { force }: { force: boolean },
  ): Promise<'closed' | 'notEmpty'> {
    return (await this.#run(closeSource, platformId, [sourceId, force ? '1' : ''])) as 'closed' | 'notEmpty';
  }

  /**
   * Keeps a delivery, once in 24 h. It will be worked through whatever becomes of this process: it is listed as pending first.
   * Undefined when the source does not receive, or not any more. Two commands, each a round trip; a duplicate takes a third.
   */
  async receive({
    platformId,
    sourceId,
    deliveryKey,
    ...webhook
  }: IncomingWebhook): Promise<Received | undefined> {
    const { id, sealed } = await sealBody(this.#box, webhook.body, this.#pending.add(platformId));
    const { contentType = '', event = '' } = webhook;
    const args = [sourceId, shortHash(deliveryKey), SEEN_FOR_MS, id, sealed, contentType, event];
    const row = (await this.#run(receive, platformId, args)) as [string, string, string];
    const [kind, keptId, receivedAt] = row;
    if (kind !== 'accepted') await this.#pending.remove(id);
    if (kind === 'closed') return undefined;
    return { id: keptId, duplicate: kind === 'duplicate', receivedAtMs: Number(receivedAt) };
  }

  /** Undefined when there is none, or none any more. */
  get(id: string): Promise<WebhookDeliveryWithBody | undefined> {
    return this.#reader.get(id);
  }

  /** Like `get`, without the body. */
  look(id: string): Promise<WebhookDelivery | undefined> {
    return this.#reader.look(id);
  }

  /** Claims what is due, the longest due first: nobody else gets it within a minute, unless it is made due again. */
  async due(limit: number): Promise<Claimed[]> {
    return this.#take(await this.#pending.due(limit));
  }

  /** Claims this one if it is due, before those that are due longer. */
  async claim(id: string): Promise<Claimed | undefined> {
    const [claimed] = await this.#take(await this.#pending.claim(id));
    return claimed;
  }

  /** Ends claims without having worked on them: these are due again in so many ms, for whoever asks then. */
  async putBack(claimed: readonly Claimed[], inMs: number): Promise<void> {
    const byClaim = Map.groupBy(claimed, ({ claim }) => claim.split(' ')[1] ?? '');
    for (const [claim, some] of byClaim) {
      await this.#pending.leave(
        claim,
        some.map(({ id }) => [id, `in ${inMs}`]),
      );
    }
  }

  /** Changes with whatever may let unmatched deliveries of the platform be matched: to be read before that is. */
  async versionOf(platformId: string): Promise<string> {
    return (await this.#redis.get(platformKey(platformId, 'intake-version'))) ?? '0';
  }

  /** To be called when a source or identities were changed: after that, and before `retry`. */
  async changed(platformId: string): Promise<void> {
    await this.#redis.incr(platformKey(platformId, 'intake-version'));
  }

  /**
   * Writes down what came of a claimed delivery. `again`: the version changed meanwhile, a retry was asked for, or the claim ran
   * out. Then `accepted` is kept and the rest is not, and it is due at once, unless another is at work on it.
   */
  async settle(id: string, settlement: WebhookSettlement): Promise<'settled' | 'again'> {
    const { version, accepted, unmatched, ignored = '', retryAtMs } = settlement;
    const [claim = '', pendingClaim = ''] = settlement.claim.split(' ');
    const sealed = unmatched.length > 0 ? sealEntries(this.#box, unmatched, id) : '';
    const scores = Object.entries(accepted);
    const retryAt = retryAtMs === undefined ? '' : Math.ceil(retryAtMs);
    const args = [id, claim, version, this.#lifeMs, ignored, retryAt, sealed, scores.length];
    const parts = unmatched.map(({ index, fingerprint }) => [index, fingerprint]);
    const came = await this.#run(settle, platformOfDelivery(id)!, [
      ...args,
      ...scores.flat(),
      ...parts.flat(),
    ]);
    const isLater = came === 'unmatched' && retryAt !== '';
    const next: Next = came === 'again' ? 'in 0' : isLater ? `at ${retryAt}` : 'never';
    await this.#pending.leave(pendingClaim, [[id, next]]);
    return came === 'again' ? 'again' : 'settled';
  }

  /**
   * Makes unmatched deliveries due at once, and ends the claims on them.
   * @returns how many
   */
  async retry(which: WhichUnmatched): Promise<number> {
    const ids = await this.#reader.unmatchedIds(which);
    let count = 0;
    for (let i = 0; i < ids.length; i += IDS_PER_CALL) {
      const some = ids.slice(i, i + IDS_PER_CALL);
      // First, so that they are due even if this process dies before the other half.
      await this.#pending.wake(some);
      count += Number(await this.#run(unclaim, which.platformId, some));
    }
    return count;
  }

  /** Gives one part of a delivery up; the note stays with the delivery. */
  async discard(unmatchedId: string, note: string): Promise<'discarded' | 'notFound'> {
    const part = parseUnmatchedId(unmatchedId);
    if (!part) return 'notFound';
    const { deliveryId, index } = part;
    const args = [deliveryId, index, note, this.#lifeMs];
    const count = await this.#run(discard, platformOfDelivery(deliveryId)!, args);
    return count === 1 ? 'discarded' : 'notFound';
  }

  /** What is unmatched, that of the newest delivery first. */
  unmatched(query: UnmatchedQuery): Promise<Page<UnmatchedPart>> {
    return this.#reader.unmatched(query);
  }

  /** Deliveries of which something is unmatched, of the source or of the platform. */
  countUnmatched(platformId: string, sourceId?: string): Promise<number> {
    return this.#reader.countUnmatched(platformId, sourceId);
  }

  /** What is claimed of those that are pending, where there is something to do; drops the rest. */
  async #take({ ids, claim, nowMs }: ClaimedIds): Promise<Claimed[]> {
    const byPlatform = Map.groupBy(ids, (id) => platformOfDelivery(id)!);
    const taken = await Promise.all(
      [...byPlatform].map(async ([platformId, some]) => {
        const claims = (await this.#run(take, platformId, some)) as number[];
        return some.map((id, i) => ({ id, claim: claims[i]! }));
      }),
    );
    const all = taken.flat();
    await this.#pending.leave(
      claim,
      all
        .filter((one) => one.claim <= 0)
        .map((one) => [one.id, one.claim === 0 ? 'never' : unborn(one.id, nowMs)]),
    );
    const claimed = new Map(all.filter((one) => one.claim > 0).map((one) => [one.id, one.claim]));
    return ids.filter((id) => claimed.has(id)).map((id) => ({ id, claim: `${claimed.get(id)} ${claim}` }));
  }

  #run(script: Script, platformId: string, args: ReadonlyArray<string | number>): Promise<unknown> {
    return script.run(this.#redis, platformKey(platformId, 'platform'), [this.#clockShiftMs(), ...args]);
  }
}

/** Listed before it is kept: one that is not there yet may be about to be, or its process died. */
function unborn(id: string, nowMs: number): Next {
  return nowMs - (bornAtOfDelivery(id) ?? 0) > MINUTE ? 'never' : `in ${LOOK_AGAIN_MS}`;
}
