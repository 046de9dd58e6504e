import { normalizeLineItemUrl } from '@gradewire/ags';
import type { Redis } from 'ioredis';
import { REASONS, type ReasonCode } from '../reasons.ts';
import { platformKey } from './keys.ts';
import type { ListQuery, Page, ScoreView } from './record-types.ts';
import { platformOfScore } from './score-id.ts';
import { scoreView, type ViewRow } from './score-view.ts';
import { Script } from './script.ts';
import { undeliveredScript, viewScript } from './scripts/read.ts';

const view = new Script(viewScript);
const undelivered = new Script(undeliveredScript);

const viewsPerCall = 100;
/** What one list call looks at before it answers with a short page and a cursor. */
const longestScan = 1_000;

export interface DeadSummaryRow {
  platformId: string;
  reason: ReasonCode;
  count: number;
  oldestAtMs: number;
  hint: string;
}

/** A cell that the platform does not show yet. `dueAtMs` is when its next attempt may go. */
export interface UndeliveredCell {
  cell: string;
  sinceMs: number;
  dueAtMs: number;
  leased: boolean;
}

/** Reads scores, lists and dead letters from the record. Lists are found by scanning, so a page may be short. */
export class ScoreReader {
  readonly #redis: Redis;
  readonly #clockShiftMs: () => number;

  constructor(options: { redis: Redis; clockShiftMs?: () => number }) {
    this.#redis = options.redis;
    this.#clockShiftMs = options.clockShiftMs ?? (() => 0);
  }

  async get(scoreId: string): Promise<ScoreView | undefined> {
    const platformId = platformOfScore(scoreId);
    return platformId === undefined ? undefined : (await this.many(platformId, [scoreId]))[0];
  }

  /** The scores of one platform that still exist, in the order of the ids. */
  async many(platformId: string, scoreIds: readonly string[]): Promise<ScoreView[]> {
    const views: ScoreView[] = [];
    for (let i = 0; i < scoreIds.length; i += viewsPerCall) {
      const ids = scoreIds.slice(i, i + viewsPerCall);
      const rows = (await view.run(this.#redis, platformKey(platformId, 'platform'), [
        this.#clockShiftMs(),
        ...ids,
      ])) as Array<ViewRow | null>;
      for (const row of rows) if (row) views.push(scoreView(row));
    }
    return views;
  }

  /** Scores of a platform, newest first. */
  list(query: ListQuery): Promise<Page<ScoreView>> {
    return this.#scan(platformKey(query.platformId, 'scores'), query);
  }

  /** Dead letters of a platform, the last to die first; `sinceMs` and `untilMs` are when they died. */
  deadLetters(query: ListQuery & { reason?: ReasonCode }): Promise<Page<ScoreView>> {
    const key = query.reason
      ? platformKey(query.platformId, 'dead', query.reason)
      : platformKey(query.platformId, 'dead');
    return this.#scan(key, { ...query, status: 'dead' });
  }

  /** How many dead letters each platform has for each reason, and since when. */
  async deadSummary(platformIds: readonly string[]): Promise<DeadSummaryRow[]> {
    const rows = await Promise.all(platformIds.map((platformId) => this.#deadByReason(platformId)));
    return rows.flat();
  }

  async #deadByReason(platformId: string): Promise<DeadSummaryRow[]> {
    const reasons = (await this.#redis.smembers(platformKey(platformId, 'dead-reasons'))) as ReasonCode[];
    const rows = await Promise.all(
      reasons.map(async (reason) => {
        const key = platformKey(platformId, 'dead', reason);
        const [count, oldest] = await Promise.all([
          this.#redis.zcard(key),
          this.#redis.zrange(key, '0', '0', 'WITHSCORES'),
        ]);
        return { platformId, reason, count, oldestAtMs: Number(oldest[1]), hint: REASONS[reason].hint };
      }),
    );
    return rows.filter((row) => row.count > 0).sort((a, b) => a.reason.localeCompare(b.reason));
  }

  /** How many cells the platform does not show yet, and since when the oldest waits. */
  async undelivered(platformId: string): Promise<{ count: number; oldestSinceMs?: number }> {
    const key = platformKey(platformId, 'undelivered');
    const [count, oldest] = await Promise.all([
      this.#redis.zcard(key),
      this.#redis.zrange(key, '0', '0', 'WITHSCORES'),
    ]);
    return oldest[1] === undefined ? { count } : { count, oldestSinceMs: Number(oldest[1]) };
  }

  /** Undelivered cells, the longest waiting first, from a rank on; with Redis's clock. */
  async undeliveredCells(
    platformId: string,
    rank: number,
    count: number,
  ): Promise<{ nowMs: number; cells: UndeliveredCell[] }> {
    const [now, ...rows] = (await undelivered.run(this.#redis, platformKey(platformId, 'platform'), [
      this.#clockShiftMs(),
      rank,
      count,
    ])) as string[];
    const nowMs = Number(now);
    const cells: UndeliveredCell[] = [];
    for (let i = 0; i < rows.length; i += 4) {
      const [cell = '', since, next = '', lease = ''] = rows.slice(i, i + 4);
      cells.push({
        cell,
        sinceMs: Number(since),
        dueAtMs: next === '' ? Number(since) : Number(next),
        leased: Number(lease) > nowMs,
      });
    }
    return { nowMs, cells };
  }

  /** Drops list entries whose records have ended their life; looks at the oldest `count`. Returns how many went. */
  async trim(platformId: string, count = 500): Promise<number> {
    const key = platformKey(platformId, 'scores');
    const oldest = await this.#redis.zrange(key, '0', String(count - 1));
    const exists = await Promise.all(
      oldest.map((id) => this.#redis.exists(platformKey(platformId, 'score', id))),
    );
    const gone = oldest.filter((_, i) => exists[i] === 0);
    return gone.length === 0 ? 0 : this.#redis.zrem(key, ...gone);
  }

  async #scan(key: string, query: ListQuery): Promise<Page<ScoreView>> {
    let rank = await this.#startRank(key, query);
    const last = rank + longestScan;
    const wanted = matcher(query);
    const data: ScoreView[] = [];
    while (rank < last) {
      const window = await this.#redis.zrevrange(key, rank, rank + viewsPerCall - 1, 'WITHSCORES');
      const ids: string[] = [];
      for (let i = 0; i < window.length; i += 2) {
        if (query.sinceMs !== undefined && Number(window[i + 1]) < query.sinceMs) break;
        ids.push(window[i]!);
      }
      const views = new Map((await this.many(query.platformId, ids)).map((score) => [score.id, score]));
      for (const [i, id] of ids.entries()) {
        const score = views.get(id);
        if (score && wanted(score)) data.push(score);
        if (data.length === query.limit) return { data, nextCursor: cursorOf(id, Number(window[i * 2 + 1])) };
      }
      if (ids.length < viewsPerCall) return { data };
      rank += viewsPerCall;
      if (rank >= last) {
        const end = ids.length - 1;
        return { data, nextCursor: cursorOf(ids[end]!, Number(window[end * 2 + 1])) };
      }
    }
    return { data };
  }

  /** Behind the cursor's entry; when that is gone, at its time: a row may be shown twice, none is passed over. */
  async #startRank(key: string, { cursor, untilMs }: ListQuery): Promise<number> {
    const at = cursor === undefined ? undefined : parseCursor(cursor);
    if (at) {
      const rank = await this.#redis.zrevrank(key, at.id);
      return rank === null ? this.#redis.zcount(key, `(${at.atMs}`, '+inf') : rank + 1;
    }
    return untilMs === undefined ? 0 : this.#redis.zcount(key, `(${untilMs}`, '+inf');
  }
}

function cursorOf(id: string, atMs: number): string {
  return Buffer.from(`${atMs} ${id}`).toString('base64url');
}

/** Undefined when it is not a cursor of ours, which callers answer as an invalid request. */
export function parseCursor(cursor: string): { atMs: number; id: string } | undefined {
  const match = /^(\d+) (\S+)$/.exec(Buffer.from(cursor, 'base64url').toString());
  return match ? { atMs: Number(match[1]), id: match[2]! } : undefined;
}

function matcher(query: ListQuery): (score: ScoreView) => boolean {
  const url = query.lineItemUrl === undefined ? undefined : normalizeLineItemUrl(query.lineItemUrl);
  return (score) =>
    (query.status === undefined || score.status === query.status) &&
    (query.userId === undefined || score.userId === query.userId) &&
    (query.externalId === undefined || score.externalId === query.externalId) &&
    (url === undefined ||
      (score.lineItemUrl !== undefined && normalizeLineItemUrl(score.lineItemUrl) === url));
}
