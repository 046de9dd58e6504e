import { type PlatformAnswer, type SendRequest, withQuickRetry } from '@gradewire/ags';
import {
  afterResults,
  classifyToken,
  columnKeyOf,
  decidePost,
  isProgressReport,
  type Outcome,
  type Platform,
  type Post,
  PROFILES,
  type ResultSeen,
  resultShows,
  type ScoreContent,
  type Target,
  withoutRemedy,
} from '@gradewire/passback';
import type { CellDelivery, LaneSignal } from '@gradewire/passback/bullmq';
import type {
  AttemptEntry,
  Begun,
  Resolution,
  RosterQuery,
  Settlement,
  TokenResult,
} from '@gradewire/passback/redis';
import { CellLease, type Leased } from './cell-lease.ts';
import { identify } from './identify.ts';
import { signalOf, streakOf } from './lane-signal.ts';
import type { Parts } from './parts.ts';
import { readResult } from './result-reading.ts';
import { rosterQuery } from './roster-reading.ts';
import { type Failure, settlementOf } from './settlement.ts';
import { checkUser } from './user-check.ts';
import { platformTimeMs, wireFloorMs } from './wire-floor.ts';

type Identifying = Extract<Leased, { kind: 'identify' }>;
type Posting = Extract<Leased, { kind: 'post' }>;
type Stage = AttemptEntry['stage'];
/** `undefined`: the platform does not let us see, and `why` not; perhaps since the column is gone. */
type Sight =
  | { result: ResultSeen | null | undefined; why?: string; isGone?: boolean }
  | { settled: CellDelivery };

const none: LaneSignal = { kind: 'none' };
// Timers can fire a little early: such a look must not come again at once.
const leastWaitMs = 250;

/** One attempt at a cell: what each answer means for the record, the lane and whoever watches. */
export class Attempt {
  readonly lease: CellLease;
  readonly #parts: Parts;
  readonly #platform: Platform;
  readonly #probe: boolean;
  readonly #send: SendRequest;
  #isPlaceDoubted = false;
  #entry: AttemptEntry | undefined;
  #answer: PlatformAnswer | undefined;

  constructor(
    parts: Parts,
    { platform, cell, probe, send }: { platform: Platform; cell: string; probe: boolean; send: SendRequest },
  ) {
    const { record, monotonic } = parts;
    const { wireStepMs } = PROFILES[platform.profile];
    this.lease = new CellLease({ record, monotonic, platformId: platform.id, cell, wireStepMs, probe });
    this.#parts = parts;
    this.#platform = platform;
    this.#probe = probe;
    // Of a lane that is shut a probe is one request.
    this.#send = probe ? send : withQuickRetry(send);
  }

  /** The cell is not ours to work on now. */
  notBegun(begun: Exclude<Begun, Leased>): CellDelivery {
    switch (begun.kind) {
      case 'held':
        return { held: true, signal: none };
      case 'busy':
        // Cells that a crash left together must not come back together, or each would seem to crash with the guilty one.
        return this.#again(begun.waitMs + this.#parts.random() * 1_000);
      case 'early':
        return this.#again(begun.waitMs);
      case 'crashed':
        this.#settled(begun.scoreId, 'dead', 'CRASHED');
        return { signal: none };
      case 'nothing':
      case 'lost':
        return { signal: none };
    }
  }

  /**
   * What to post; or, when an unanswered post has landed after all or nothing is to be posted, the cell's settlement. `gone`:
   * the line item has to be looked for first.
   */
  async decide(
    begun: Posting,
    { withoutAttempt }: { withoutAttempt: boolean },
  ): Promise<{ post: Post } | { gone: true } | { settled: CellDelivery }> {
    const { score, delivered, wireTimestampMs, uncertain: inDoubt, inDoubt: sent, earlier } = begun;
    const profile = PROFILES[this.#platform.profile];
    const question = { score, delivered, profile, wireTimestampMs, inDoubt, sent, earlier, withoutAttempt };
    let decision = decidePost(question);
    let outcome: Outcome | undefined;
    if (decision.do === 'readResults') {
      const seen = await this.#readResult(begun, { must: decision.must });
      if ('settled' in seen) return seen;
      if (decision.seek === 'othersGrade' && seen.isGone && this.#mayHaveMoved(score)) return { gone: true };
      decision = afterResults(decision, score, seen.result, seen.why);
      // It answered, so it is up: else a held lane whose cells all end here would stay held.
      if (seen.result !== undefined) outcome = { kind: 'delivered', detail: '' };
    }
    if (decision.do === 'post') return { post: decision };
    const { do: _, status: kind, ...rest } = decision;
    return { settled: await this.#settle(begun, { kind, ...rest } as Settlement, outcome) };
  }

  /** The line item or the token is somebody else's to find, or our own budget is spent: nothing counts. */
  async release(begun: Leased, retryAtMs: number): Promise<CellDelivery> {
    const delayMs = Math.max(leastWaitMs, retryAtMs - this.#parts.now());
    return this.#settle(begun, { kind: 'released', delayMs });
  }

  /** Whose score it is, by the roster of its launch; or the cell's settlement when that does not tell. */
  async identify(begun: Identifying): Promise<{ userId: string } | { settled: CellDelivery }> {
    const { user, launchId, wantedSinceMs } = begun;
    const platform = this.#platform;
    const launch = await this.#parts.launches.get(platform.id, launchId);
    const query = (membershipsUrl: string) => this.#rosterQuery(membershipsUrl);
    const who = await identify(this.#parts, { user, launch, platform, wantedSinceMs, query });
    switch (who.kind) {
      case 'found':
        return { userId: who.userId };
      case 'wait':
        return { settled: await this.release(begun, who.retryAtMs) };
      case 'failed':
        return { settled: await this.fail(begun, 'membership', who.outcome) };
      case 'unknown': {
        const { reason, detail } = who;
        this.answered(begun, 'membership', { kind: 'dead', reason, detail });
        return { settled: await this.#settle(begun, { kind: 'dead', reason, detail }) };
      }
    }
  }

  /** Whether the score's launch, opened again meanwhile, tells of another line item than the one it waits for. */
  async hasMoved({ score, lineItemUrl }: Posting): Promise<boolean> {
    return this.#parts.lineItems.hasMoved(this.#platform, score.target, lineItemUrl);
  }

  /** Forgets which line item the score's target stands for; what is left to do is to find it. */
  async lookAgain(begun: Posting): Promise<Extract<Leased, { kind: 'resolve' }>> {
    const { target } = begun.score;
    await this.#parts.lineItems.forget(this.#platform, target, columnKeyOf(begun.lineItemUrl));
    return { ...begun, kind: 'resolve', target };
  }

  /** Finds the line item, another one than that which is `gone`, its requests within this attempt's turn. */
  async resolve(target: Target, gone?: string): Promise<Resolution> {
    const { lineItems, tokens, events } = this.#parts;
    const platform = this.#platform;
    const found = await lineItems.resolve({
      platform,
      target,
      gone,
      accessToken: (scopes) => tokens.get(platform, scopes, this.#send),
      dropToken: async (scopes, tokenId) => {
        await tokens.drop(platform, scopes, tokenId);
      },
      send: this.#send,
    });
    if (found.kind === 'resolved' && found.created) events.lineItemCreated(platform.id);
    if (found.kind === 'resolved' && found.warning) {
      events.lineItemChosen({ platformId: platform.id, warning: found.warning });
    }
    return found;
  }

  async unresolved(
    begun: Leased,
    { outcome, stage, answer }: Resolution & { kind: 'failed' },
  ): Promise<CellDelivery> {
    this.answered(begun, stage, outcome, answer);
    return this.fail(begun, stage, outcome);
  }

  /** The platform was registered anew since the score was accepted: its token does not go there any more. */
  async outOfBounds(begun: Leased): Promise<CellDelivery> {
    const stage = begun.kind === 'resolve' ? 'lineItem' : 'score';
    const detail = 'the address is not among the service origins of the platform';
    return this.fail(begun, stage, { kind: 'dead', reason: 'ORIGIN_NOT_ALLOWED', detail });
  }

  async withoutToken(
    begun: Leased,
    { answer, retryAtMs }: TokenResult & { ok: false },
  ): Promise<CellDelivery> {
    if (!answer) return this.release(begun, retryAtMs ?? 0);
    const outcome = classifyToken(answer, this.#platform.profile, this.#parts.now());
    this.answered(begun, 'token', outcome, answer);
    return this.fail(begun, 'token', outcome);
  }

  async delivered(begun: Posting, post: Post, outcome: Outcome): Promise<CellDelivery> {
    const { facts, detail } = post;
    return this.#settle(begun, { kind: 'delivered', facts, ...(detail && { detail }) }, outcome);
  }

  /**
   * The platform has an equal or newer timestamp, and the results tell whose: ours, somebody's newer one, or none, and then
   * it is posted once more. Where they tell nothing it is that of a post of this score that nobody answered, if there was one.
   */
  async older(begun: Posting, post: Post, outcome: Outcome): Promise<CellDelivery> {
    const { inDoubt, score } = begun;
    const seen = await this.#readResult(begun, { must: true });
    if ('settled' in seen) return seen.settled;
    const { result } = seen;
    const nothingThere = result !== undefined && typeof result?.resultScore !== 'number';
    const tellsNothing = result === undefined || (nothingThere && isProgressReport(score));
    if (tellsNothing ? inDoubt : resultShows(result, score)) return this.delivered(begun, post, outcome);
    const { detail } = outcome;
    if (nothingThere && !begun.rechecked) {
      const delayMs = Math.max(1_000, PROFILES[this.#platform.profile].wireStepMs);
      return this.#settle(begun, { kind: 'later', delayMs, ambiguous: false, recheck: true }, outcome);
    }
    return this.#settle(begun, { kind: 'superseded', reason: 'NEWER_ON_PLATFORM', detail }, outcome);
  }

  /** The platform refused the post, its remedies tried; the roster may know why. */
  async refused(begun: Posting, outcome: Outcome): Promise<CellDelivery> {
    const { score, delivered, wantedSinceMs } = begun;
    const { target, userId } = score;
    if (!('launchId' in target)) return this.fail(begun, 'score', outcome);
    const platform = this.#platform;
    const checked = await checkUser(this.#parts, {
      outcome,
      userId,
      launch: () => this.#parts.launches.get(platform.id, target.launchId),
      platform,
      delivered: delivered !== undefined,
      wantedSinceMs,
      query: (membershipsUrl) => this.#rosterQuery(membershipsUrl),
    });
    return this.fail(begun, 'score', checked);
  }

  /** An attempt that failed, its remedies tried. */
  async fail(begun: Leased, stage: Stage, outcome: Outcome): Promise<CellDelivery> {
    if (this.#entry?.stage !== stage) this.answered(begun, stage, outcome);
    const failure = withoutRemedy(outcome) as Failure;
    const { retry, random } = this.#parts;
    return this.#settle(begun, settlementOf(failure, begun, { retry, random, probe: this.#probe }), failure);
  }

  /** Notes an answer: one log line and one count each, the last one is kept with the score. */
  answered(begun: Leased, stage: Stage, outcome: Outcome, answer?: PlatformAnswer): void {
    const reason = reasonOf(outcome);
    const { httpStatus } = outcome;
    const shown = {
      stage,
      outcome: outcome.kind,
      ...(httpStatus && { httpStatus }),
      ...(reason && { reason }),
    };
    const durationMs = Math.round(answer?.durationMs ?? 0);
    this.#entry = {
      number: begun.attempt,
      ...shown,
      durationMs,
      ...(outcome.detail && { excerpt: outcome.detail }),
    };
    this.#answer = answer;
    this.#parts.events.attempted({
      platformId: this.#platform.id,
      scoreId: begun.scoreId,
      cell: begun.cell,
      attempt: begun.attempt,
      probe: this.#probe,
      durationMs,
      ...shown,
    });
  }

  #rosterQuery(membershipsUrl: string): RosterQuery {
    const extendLease = () => this.lease.extend();
    return rosterQuery(this.#parts, {
      platform: this.#platform,
      membershipsUrl,
      send: this.#send,
      extendLease,
    });
  }

  /** Once per attempt a column whose results are not found is looked for in its course's list, which tells whether it is gone. */
  #mayHaveMoved({ target }: ScoreContent): boolean {
    if ('lineItemUrl' in target || this.#isPlaceDoubted) return false;
    this.#isPlaceDoubted = true;
    return true;
  }

  /** @param must trouble on the way is waited out; else the result counts as one that cannot be seen */
  async #readResult(begun: Posting, { must }: { must: boolean }): Promise<Sight> {
    const { lineItemUrl, score } = begun;
    const input = { platform: this.#platform, lineItemUrl, userId: score.userId, send: this.#send };
    const reading = await readResult(this.#parts, input);
    switch (reading.kind) {
      case 'seen':
        return reading;
      case 'unseen':
        return { result: undefined, ...reading };
      case 'wait':
        return { settled: await this.release(begun, reading.retryAtMs) };
      case 'trouble': {
        const { outcome, why } = reading;
        const waits = must || this.#probe;
        return waits ? { settled: await this.fail(begun, 'result', outcome) } : { result: undefined, why };
      }
    }
  }

  async #settle(begun: Leased, settlement: Settlement, outcome?: Outcome): Promise<CellDelivery> {
    const platformId = this.#platform.id;
    const { cell, scoreId, fence, score, epoch } = begun;
    const lineItemUrl = begun.kind === 'post' ? begun.lineItemUrl : undefined;
    const floorMs = outcome && this.#floorMs(settlement, score);
    const streak = outcome && streakOf(outcome);
    const settled = await this.#parts.record.settle({
      platformId,
      cell,
      scoreId,
      fence,
      settlement,
      ...(this.#entry && { attempt: this.#entry }),
      ...(lineItemUrl && { lineItemUrl }),
      ...(floorMs && { wireFloorMs: floorMs }),
      ...(streak && { streak }),
    });
    const own = settled.result === settlement.kind && 'reason' in settlement ? settlement.reason : undefined;
    const reason = own ?? (settled.result === 'superseded' ? 'NEWER_SCORE' : undefined);
    this.#settled(scoreId, settled.result, reason);
    const signal = outcome ? signalOf(outcome, { streak: settled.streak, epoch, probe: this.#probe }) : none;
    if (settled.again) return { again: { cell, atMs: this.#parts.now() }, signal };
    const delayMs =
      settled.nextAttemptAtMs !== undefined && 'delayMs' in settlement ? settlement.delayMs : undefined;
    return { ...(delayMs !== undefined && { again: { cell, atMs: this.#parts.now() + delayMs } }), signal };
  }

  /** Up to when the platform may have stamped the cell by its own clock. */
  #floorMs(settlement: Settlement, score: ScoreContent): number | undefined {
    const now = this.#parts.now();
    if (settlement.kind === 'later')
      return settlement.recheck ? platformTimeMs(this.#answer, now) : undefined;
    const empties = score.scoreGiven === null || isProgressReport(score);
    return settlement.kind === 'delivered' && empties
      ? wireFloorMs(this.#platform.profile, this.#answer, now)
      : undefined;
  }

  #settled(scoreId: string, result: string, reason: string | undefined): void {
    if (result !== 'delivered' && result !== 'superseded' && result !== 'dead') return;
    const platformId = this.#platform.id;
    this.#parts.events.settled({ platformId, scoreId, status: result, ...(reason && { reason }) });
  }

  #again(waitMs: number): CellDelivery {
    const atMs = this.#parts.now() + Math.max(leastWaitMs, Math.ceil(waitMs));
    return { again: { cell: this.lease.cell, atMs }, signal: none };
  }
}

function reasonOf(outcome: Outcome): string | undefined {
  if ('reason' in outcome) return outcome.reason;
  if ('then' in outcome) return outcome.then;
  return outcome.kind === 'throttled' ? 'THROTTLED' : undefined;
}
