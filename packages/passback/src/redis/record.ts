import type { Redis } from 'ioredis';
import { aliasKeyOf, columnKeyOf, userKeyOf } from '../cell.ts';
import type { DeliveredFacts } from '../post.ts';
import {
  isProgressReport,
  type LaunchTarget,
  type Score,
  type ScoreContent,
  type UnmatchedScore,
} from '../score.ts';
import { platformKey } from './keys.ts';
import type {
  AcceptItem,
  AcceptRefusal,
  AcceptResult,
  BeginInput,
  Begun,
  Lease,
  Settled,
  SettleInput,
} from './record-types.ts';
import { platformOfScore } from './score-id.ts';
import { Script } from './script.ts';
import { acceptScript } from './scripts/accept.ts';
import { beginScript, extendScript } from './scripts/begin.ts';
import { cancelScript, discardScript, replayScript } from './scripts/operator.ts';
import { settleScript } from './scripts/settle.ts';
import { openSelector, sealSelector, userAliasOf } from './sealed-selector.ts';
import type { SecretBox } from './secret-box.ts';

export interface ScoreRecordOptions {
  redis: Redis;
  /** Seals what names people: by whom a roster is to be searched. */
  box: SecretBox;
  /** How long a settled score can be read by id, ms. */
  retentionMs: number;
  /** How long a cell remembers its order, ms; older timestamps are refused. */
  cellRetentionMs: number;
  /** How long a cell belongs to one worker, ms: longer than one request may take. Only `begin` uses it. */
  leaseMs?: number;
  /** Added to Redis's clock; tests move time with it. */
  clockShiftMs?: () => number;
  /** Called when `settle` has written to the platform's outbox. */
  onTold?: (platformId: string) => void;
}

const second = 1_000;
const idempotencyLifeMs = 24 * 60 * 60 * second;
const furthestFutureMs = 60 * second;
/** A cell whose attempts ended without a word this often in a row takes workers down with it. */
const crashLimit = 6;
const attemptsKept = 20;
/** Least time between two deliveries to one cell. */
const cellPaceMs = 1 * second;
/** How long a user is taken to be whom the roster told: an address may be another person's one day. */
const userBindingLifeMs = 10 * 60 * second;

const accept = new Script(acceptScript);
const begin = new Script(beginScript);
const extend = new Script(extendScript);
const settle = new Script(settleScript);
const cancel = new Script(cancelScript);
const replay = new Script(replayScript);
const discard = new Script(discardScript);

/**
 * The record of scores and of the gradebook cells that they belong to (docs/architecture.md). Each method is one script,
 * so one round trip and atomic; Redis's clock is the only one that counts.
 */
export class ScoreRecord {
  readonly #redis: Redis;
  readonly #box: SecretBox;
  readonly #leaseMs: number;
  readonly #lives: [number, number];
  readonly #clockShiftMs: () => number;
  readonly #onTold: (platformId: string) => void;

  constructor(options: ScoreRecordOptions) {
    this.#redis = options.redis;
    this.#box = options.box;
    this.#leaseMs = options.leaseMs ?? 30 * second;
    this.#lives = [options.retentionMs, options.cellRetentionMs];
    this.#clockShiftMs = options.clockShiftMs ?? (() => 0);
    this.#onTold = options.onTold ?? (() => undefined);
  }

  /** Takes in scores of one platform together. Rejects only when Redis does; a refusal is a value, one per item, in order. */
  async accept(platformId: string, items: readonly AcceptItem[]): Promise<AcceptResult[]> {
    const args = items.flatMap(({ id, score, idempotency }) => {
      const { user, who, body } = this.#kept(score);
      return [
        id,
        aliasKeyOf(score.target) ?? columnKeyOf(urlOf(score)),
        user,
        score.timestamp === undefined ? '' : Date.parse(score.timestamp),
        JSON.stringify(body),
        urlOf(score),
        idempotency?.key ?? '',
        idempotency?.fingerprint ?? '',
        who,
        isProgressReport(score) && !score.force ? '1' : '',
      ];
    });
    const rows = (await this.#run(accept, platformId, [
      idempotencyLifeMs,
      furthestFutureMs,
      ...args,
    ])) as string[][];
    return rows.map(acceptResult);
  }

  /** Begins (or goes on with) an attempt at a cell. `identify`, `resolve` and `post` hold the lease until `settle`. */
  async begin(input: BeginInput): Promise<Begun> {
    const [kind = '', ...row] = (await this.#run(begin, input.platformId, [
      input.cell,
      input.fence ?? '',
      input.column?.key ?? '',
      input.column?.lineItemUrl ?? '',
      this.#leaseMs,
      input.wireStepMs,
      input.probe ? '1' : '',
      crashLimit,
      cellPaceMs,
      input.userId === undefined ? '' : userKeyOf(input.userId),
      input.userId ?? '',
      userBindingLifeMs,
    ])) as string[];
    switch (kind) {
      case 'busy':
      case 'early':
        return { kind, waitMs: Number(row[0]), cell: row[1] ?? '' };
      case 'crashed':
        return { kind, scoreId: row[1] ?? '' };
      case 'nothing':
      case 'lost':
      case 'held':
        return { kind };
      case 'identify': {
        const lease = leaseOf(row, this.#leaseMs);
        const user = openSelector(this.#box, row[16] ?? '');
        const { launchId } = lease.score.target as LaunchTarget;
        return { kind, ...(user && { user }), launchId, ...lease };
      }
      case 'resolve': {
        const lease = matched(row, this.#leaseMs);
        return { kind, target: lease.score.target, ...lease };
      }
      case 'post':
        return {
          kind,
          lineItemUrl: row[3] ?? '',
          wireTimestampMs: Number(row[14]),
          ...matched(row, this.#leaseMs),
        };
      default:
        throw new Error(`begin answered ${kind}`);
    }
  }

  /** Prolongs the lease while an attempt makes requests beside the post. False: it is lost. */
  async extend(input: { platformId: string; cell: string; fence: string }): Promise<boolean> {
    const { platformId, cell, fence } = input;
    return (await this.#run(extend, platformId, [cell, fence, this.#leaseMs])) === 1;
  }

  /** Writes what an attempt came to and gives the lease back. */
  async settle(input: SettleInput): Promise<Settled> {
    const { settlement: s } = input;
    const [result, again, streak, next, told] = (await this.#run(settle, input.platformId, [
      input.cell,
      input.fence,
      input.scoreId,
      s.kind,
      ('reason' in s && s.reason) || '',
      ('detail' in s && s.detail) || '',
      input.attempt ? JSON.stringify(input.attempt).slice(1) : '',
      ('delayMs' in s ? s.delayMs : undefined) ?? '',
      s.kind === 'later' && s.ambiguous ? '1' : '',
      'facts' in s ? JSON.stringify(s.facts) : '',
      input.lineItemUrl ?? '',
      input.wireFloorMs ?? '',
      input.streak === undefined ? '' : input.streak === 'end' ? '-' : input.streak.reason,
      attemptsKept,
      s.kind === 'later' && s.recheck ? '1' : '',
    ])) as [Settled['result'], string, number, string, string];
    if (told === '1') this.#onTold(input.platformId);
    return {
      result,
      again: again === '1',
      streak: Number(streak),
      ...(next === '' ? {} : { nextAttemptAtMs: Number(next) }),
    };
  }

  /** Takes back a score that is not settled and not being posted. */
  async cancel(scoreId: string): Promise<'cancelled' | 'settled' | 'delivering' | 'notFound'> {
    const platformId = platformOfScore(scoreId);
    if (platformId === undefined) return 'notFound';
    return (await this.#run(cancel, platformId, [scoreId])) as 'cancelled';
  }

  /**
   * Makes a dead score wanted again, its attempts afresh; with `delivered`, also one that was delivered. Only the cell's
   * newest score can come back, so that a replay never brings an older grade. `seen` is what the platform was just seen to
   * have of a delivered one's cell: then there is nothing to be read first.
   */
  async replay(
    scoreId: string,
    options: { delivered?: boolean; seen?: DeliveredFacts } = {},
  ): Promise<
    { kind: 'replayed'; platformId: string; cell: string } | { kind: 'notDead' | 'notNewest' | 'notFound' }
  > {
    const platformId = platformOfScore(scoreId);
    if (platformId === undefined) return { kind: 'notFound' };
    const [kind, cell = ''] = (await this.#run(replay, platformId, [
      scoreId,
      options.delivered || options.seen ? '1' : '',
      options.seen ? JSON.stringify(options.seen) : '',
    ])) as ['replayed' | 'notDead' | 'notNewest' | 'notFound', string?];
    return kind === 'replayed' ? { kind, platformId, cell } : { kind };
  }

  /** Gives a dead score up: it ends `cancelled`, with the note as its detail. */
  async discard(scoreId: string, note: string): Promise<'discarded' | 'notDead' | 'notFound'> {
    const platformId = platformOfScore(scoreId);
    if (platformId === undefined) return 'notFound';
    return (await this.#run(discard, platformId, [scoreId, note])) as 'discarded';
  }

  /** A score as the record keeps it: what names a person apart and sealed, until it is known who it is. */
  #kept(score: Score | UnmatchedScore): { user: string; who: string; body: ScoreContent } {
    if (!('user' in score)) return { user: userKeyOf(score.userId), who: '', body: score };
    const { user, ...body } = score;
    return { user: userAliasOf(this.#box, score), who: sealSelector(this.#box, user), body };
  }

  #run(script: Script, platformId: string, args: ReadonlyArray<string | number>): Promise<unknown> {
    const common = [this.#clockShiftMs(), ...this.#lives];
    return script.run(this.#redis, platformKey(platformId, 'platform'), [...common, ...args]);
  }
}

function urlOf(score: ScoreContent): string {
  return 'lineItemUrl' in score.target ? score.target.lineItemUrl : '';
}

function acceptResult([code = '', id = '', at = '', cell = '']: string[]): AcceptResult {
  if (code !== 'accepted' && code !== 'superseded' && code !== 'replayed') {
    return { ok: false, code: code as AcceptRefusal };
  }
  return {
    ok: true,
    id,
    acceptedAtMs: Number(at),
    cell,
    replayed: code === 'replayed',
    enqueue: code === 'accepted',
  };
}

function leaseOf(row: ReadonlyArray<string>, leaseMs: number): Lease {
  const [cell = '', scoreId = '', body = '', , fence = '', now, attempt, inDoubt, uncertain, rechecked] = row;
  const [facts = '', epoch, firstFailureAt = '', held] = row.slice(10);
  return {
    cell,
    scoreId,
    score: JSON.parse(body) as ScoreContent,
    fence,
    leaseMs,
    nowMs: Number(now),
    attempt: Number(attempt),
    inDoubt: Number(inDoubt) === 1,
    uncertain: Number(uncertain) === 1,
    rechecked: Number(rechecked) === 1,
    ...(facts === '' ? {} : { delivered: JSON.parse(facts) as DeliveredFacts }),
    epoch: Number(epoch),
    ...(firstFailureAt === '' ? {} : { firstFailureAtMs: Number(firstFailureAt) }),
    heldMs: Number(held),
    wantedSinceMs: Number(row[17]),
    paced: Number(row[18]) === 1,
    earlier: JSON.parse(row[19] ?? '[]') as ScoreContent[],
  };
}

/** The lease on a score whose user is known: by the score itself, or by the roster. */
function matched(row: ReadonlyArray<string>, leaseMs: number): Lease & { score: Score } {
  const { score, ...lease } = leaseOf(row, leaseMs);
  const userId = row[15] ?? '';
  return { ...lease, score: userId === '' ? (score as Score) : { ...score, userId } };
}
