import {
  type ExchangeReading,
  type LineItem,
  normalizeLineItemUrl,
  SCOPES,
  type SendRequest,
} from '@gradewire/ags';
import { classifyLineItem, classifyToken } from '../classify.ts';
import type { LookUpTarget } from '../launch-place.ts';
import { type Outcome, withoutRemedy } from '../outcome.ts';
import type { Platform } from '../platform.ts';
import type { ColumnStore } from './column-store.ts';
import { type CreationIntents, concerning } from './creation-intents.ts';
import type { FencedLock } from './fenced-lock.ts';
import type { KnownColumns } from './known-columns.ts';
import {
  aftermathOf,
  mayBeAboutLink,
  newLineItemFor,
  postLineItem,
  startsOnLink,
  tooManyPoints,
} from './line-item-creation.ts';
import { type LookUp, lookUpLineItem } from './line-item-lookup.ts';
import { dead, foreign, isOurs, type Resolution, type ResolveInput } from './resolution.ts';
import type { TokenResult } from './token-cache.ts';

/** One target to be found or made, by the holder of its lock. */
export interface SearchTask extends ResolveInput {
  target: LookUpTarget;
  alias: string;
  usedBefore?: string;
  lock: FencedLock & { key: string };
  send: SendRequest;
  intents: CreationIntents;
}

interface Grant {
  token: { id: string; accessToken: string; scopes: string[] };
  scopes: string[];
}

const SECOND = 1_000;
const LOOK_EVERY_MS = 1_500;
const mayLook: readonly string[] = [SCOPES.lineItem, SCOPES.lineItemReadonly];

/** Looks up, and creates where asked for and certain that nobody has; binds what it found. */
export class LineItemSearch {
  readonly #options: {
    columns: ColumnStore;
    known: Pick<KnownColumns, 'many'>;
    requestTimeoutMs: number;
    marginMs: number;
    now: () => number;
    wait: (ms: number) => Resolution;
  };

  constructor(options: {
    columns: ColumnStore;
    known: Pick<KnownColumns, 'many'>;
    requestTimeoutMs: number;
    marginMs: number;
    now: () => number;
    wait: (ms: number) => Resolution;
  }) {
    this.#options = options;
  }

  /** One new token if the first is refused, and then no other. */
  async run(task: SearchTask): Promise<Resolution> {
    const scopes: string[] = task.target.create
      ? [SCOPES.lineItem, SCOPES.lineItemReadonly]
      : [SCOPES.lineItemReadonly];
    for (let isRenewed = false; ; isRenewed = true) {
      const result = await task.accessToken(scopes);
      if (!result.ok) return this.#tokenFailure(task.platform, result);
      const { token } = result;
      // Asking all the same would only have the token refused that the posts of others go by.
      if (!mayLook.some((scope) => token.scopes.includes(scope))) {
        return dead('SCOPE_NOT_GRANTED', 'the platform did not grant the scope to look at line items');
      }
      const resolution = await this.#lookUpOrCreate(task, { token, scopes });
      if (resolution.kind !== 'failed') return resolution;
      if (resolution.outcome.kind === 'renewToken' && !isRenewed) await task.dropToken(scopes, token.id);
      else return { ...resolution, outcome: withoutRemedy(resolution.outcome) };
    }
  }

  async #lookUpOrCreate(task: SearchTask, grant: Grant): Promise<Resolution> {
    const { target, platform, alias, intents } = task;
    for (;;) {
      const { nowMs: beganAtMs, all } = await intents.read();
      const notYet = concerning(all, target).filter(({ lookAtMs = 0 }) => lookAtMs > beganAtMs);
      if (notYet.length > 0)
        return this.#options.wait(Math.min(...notYet.map(({ lookAtMs = 0 }) => lookAtMs)) - beganAtMs);

      const { accessToken } = grant.token;
      const looked = await lookUpLineItem({
        target,
        usedBefore: task.usedBefore,
        accessToken,
        send: task.send,
      });
      if (!looked.ok) return this.#listFailure(platform, looked);
      const { choice } = looked;
      if (choice.kind === 'one') {
        const wasOurs = all.some((intent) => intent.alias === alias && intent.inDoubt);
        if (wasOurs) await intents.clear(alias, true);
        return await this.#bind(task, choice.item, wasOurs, choice.warning);
      }
      if (choice.kind === 'ambiguous') {
        const adopted = await this.#adoptedAmong(platform, choice.items);
        if (adopted) return await this.#bind(task, adopted, false);
        return dead('LINE_ITEM_AMBIGUOUS', `${choice.items.length} line items fit the target`);
      }
      if (!target.create) return dead('LINE_ITEM_NOT_FOUND', 'no line item fits the target');
      if (looked.incomplete) return dead('CANNOT_CREATE_LINE_ITEM', 'the list of line items has no end');
      if (!grant.token.scopes.includes(SCOPES.lineItem)) {
        return dead('CANNOT_CREATE_LINE_ITEM', 'the platform did not grant the scope to create line items');
      }
      const created = await this.#createUnlessDoubted(task, grant, beganAtMs);
      if (created !== 'lookAgain') return created;
    }
  }

  /** `lookAgain`: something was created since the list was begun. */
  async #createUnlessDoubted(
    task: SearchTask,
    grant: Grant,
    listedFromMs: number,
  ): Promise<Resolution | 'lookAgain'> {
    const { target, platform, alias, intents } = task;
    let onLink = startsOnLink(target, platform.profile);
    for (;;) {
      const { nowMs, version, all } = await intents.read();
      const doubtful = concerning(all, target).filter(({ clearAtMs }) => clearAtMs >= listedFromMs);
      const [open] = doubtful.filter(({ clearAtMs }) => clearAtMs > nowMs);
      if (open) {
        const lookInMs = Math.min(LOOK_EVERY_MS, open.clearAtMs - nowMs);
        await intents.postpone(open.alias, lookInMs);
        return this.#options.wait(lookInMs);
      }
      if (doubtful.length > 0) return 'lookAgain';

      const lineItem = newLineItemFor(target, target.create!, { profile: platform.profile, onLink });
      if (tooManyPoints(lineItem, platform.profile)) {
        return dead('CANNOT_CREATE_LINE_ITEM', 'not sent: this platform has no column with so many points');
      }
      const { resourceLinkId, resourceId, tag } = lineItem;
      const item = JSON.parse(JSON.stringify({ resourceLinkId, resourceId, tag }));
      await task.lock.extend();
      const { requestTimeoutMs, marginMs } = this.#options;
      if (!(await intents.declare(version, alias, item, requestTimeoutMs + marginMs))) continue;
      const reading = await postLineItem({
        lineItemsUrl: target.lineItemsUrl,
        lineItem,
        accessToken: grant.token.accessToken,
        send: task.send,
        withinMs: requestTimeoutMs,
      });
      if (reading.ok) {
        await intents.clear(alias, true);
        return await this.#bind(task, reading.value, true);
      }
      const outcome = await this.#afterRefusal(task, reading);
      if (!onLink || !mayBeAboutLink(reading, outcome)) {
        return { kind: 'failed', outcome, stage: 'lineItem', answer: reading.answer };
      }
      onLink = false;
    }
  }

  /** Writes down what the failed POST may have left behind. */
  async #afterRefusal(
    { platform, alias, intents }: SearchTask,
    reading: ExchangeReading<LineItem> & { ok: false },
  ): Promise<Outcome> {
    const aftermath = aftermathOf(reading);
    if (aftermath === 'nothingMade') await intents.withdraw(alias);
    if (aftermath === 'over') await intents.clear(alias, false);
    return classifyLineItem(reading.answer, platform.profile, 'create', this.#options.now());
  }

  /** The one of several that an operator chose, for targets too that were never looked up before. */
  async #adoptedAmong(platform: Platform, items: readonly LineItem[]): Promise<LineItem | undefined> {
    const known = await this.#options.known.many(
      platform.id,
      items.map(({ id }) => id),
    );
    const chosen = known.map(({ replacedBy }) => replacedBy).filter((url) => url !== undefined);
    const names = new Set(chosen.map(normalizeLineItemUrl));
    return items.find(({ id }) => names.has(normalizeLineItemUrl(id)));
  }

  async #bind(task: SearchTask, item: LineItem, created: boolean, warning?: string): Promise<Resolution> {
    const { platform, alias, lock } = task;
    const { id: url, label, scoreMaximum } = item;
    if (!isOurs(url, platform)) return foreign();
    const bound = await this.#options.columns.bind(platform.id, alias, lock, {
      url,
      label,
      scoreMaximum,
      created,
    });
    const doubled = bound.lost ? 'another process has bound the target to another column meanwhile' : warning;
    return {
      kind: 'resolved',
      lineItemUrl: bound.url,
      column: bound.column,
      created,
      ...(doubled !== undefined && { warning: doubled }),
    };
  }

  #listFailure(platform: Platform, looked: LookUp & { ok: false }): Resolution {
    if (looked.reason === 'ORIGIN_NOT_ALLOWED') {
      return { ...dead('ORIGIN_NOT_ALLOWED', looked.problem), answer: looked.answer };
    }
    const outcome = classifyLineItem(looked.answer, platform.profile, 'list', this.#options.now());
    return { kind: 'failed', outcome, stage: 'lineItem', answer: looked.answer };
  }

  #tokenFailure(platform: Platform, result: TokenResult & { ok: false }): Resolution {
    const { answer, retryAtMs } = result;
    if (!answer) return { kind: 'wait', retryAtMs: retryAtMs ?? this.#options.now() + SECOND };
    const outcome = classifyToken(answer, platform.profile, this.#options.now());
    return { kind: 'failed', outcome, stage: 'token', answer };
  }
}
