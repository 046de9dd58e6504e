import { normalizeLineItemUrl } from '@gradewire/ags';
import type { Redis } from 'ioredis';
import { REASONS, type ReasonCode } from '../reasons.ts';
import { platformKey } from './keys.ts';
import type { ListQuery, Page, ScoreView } from './record-types.ts';
import { platformOfScore } from './score-id.ts';
import { scoreView, type ViewRow } from './score-view.ts';
import { Script } from './script.ts';
import { undeliveredScript, viewScript, windowScript } from './scripts/read.ts';
import { openSelector } from './sealed-selector.ts';
import type { SecretBox } from './secret-box.ts';

const view = new Script(viewScript);
const undelivered = new Script(undeliveredScript);
const listWindow = new Script(windowScript);

const viewsPerCall = 100;
/** What one list call looks at before it answers with a short page and a cursor. */
const longestScan = 1_000;
const entriesPerTrim = 1_000;
const trimPages = 20;

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
  readonly #box: SecretBox;
  readonly #clockShiftMs: () => number;

  constructor(options: { redis: Redis; box: SecretBox; clockShiftMs?: () => number }) {
    this.#redis = options.redis;
    this.#box = options.box;
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
      for (const row of rows) if (row) views.push(scoreView(row, (who) => openSelector(this.#box, who)));
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

  /**
   * Drops list entries whose records have ended their life, from a rank on. Dead letters keep their records and so their
   * entries, however old: it walks past them. Returns the rank to go on from next time; 0, from the start, once it has met
   * an entry that is younger than a record lives.
   */
  async trim(platformId: string, rank: number, retentionMs: number): Promise<number> {
    const key = platformKey(platformId, 'scores');
    const oldestAlive = Date.now() - retentionMs;
    let from = rank;
    for (let page = 0; page < trimPages; page += 1) {
      const rows = await this.#redis.zrange(
        key,
        String(from),
        String(from + entriesPerTrim - 1),
        'WITHSCORES',
      );
      const ids = rows.filter((_, i) => i % 2 === 0 && Number(rows[i + 1]) <= oldestAlive);
      const exists = await Promise.all(
        ids.map((id) => this.#redis.exists(platformKey(platformId, 'score', id))),
      );
      const gone = ids.filter((_, i) => exists[i] === 0);
      if (gone.length > 0) await this.#redis.zrem(key, ...gone);
      if (ids.length < entriesPerTrim) return 0;
      from += ids.length - gone.length;
      if (gone.length === 0) break;
    }
    return from;
  }

  async #scan(key: string, query: ListQuery): Promise<Page<ScoreView>> {
    const wanted = matcher(query);
    const data: ScoreView[] = [];
    let at = query.cursor === undefined ? undefined : parseCursor(query.cursor);
    for (let looked = 0; looked < longestScan; looked += viewsPerCall) {
      const entries = await this.#window(key, at ?? { id: '', atMs: query.untilMs ?? '' }, query.sinceMs);
      const ids = entries.map(({ id }) => id);
      const views = new Map((await this.many(query.platformId, ids)).map((score) => [score.id, score]));
      for (const entry of entries) {
        const score = views.get(entry.id);
        if (score && wanted(score)) data.push(score);
        if (data.length === query.limit) return { data, nextCursor: cursorOf(entry) };
      }
      if (entries.length < viewsPerCall) return { data };
      at = entries.at(-1);
    }
    return { data, ...(at && { nextCursor: cursorOf(at) }) };
  }

  /** When the entry it goes on from is gone, one of its own millisecond may be shown twice; none is passed over. */
  async #window(
    key: string,
    from: { id: string; atMs: number | '' },
    sinceMs: number = Number.NEGATIVE_INFINITY,
  ): Promise<ListEntry[]> {
    const rows = (await listWindow.run(this.#redis, key, [from.id, from.atMs, viewsPerCall])) as string[];
    const entries: ListEntry[] = [];
    for (let i = 0; i < rows.length && Number(rows[i + 1]) >= sinceMs; i += 2) {
      entries.push({ id: rows[i]!, atMs: Number(rows[i + 1]) });
    }
    return entries;
  }
}

interface ListEntry {
  id: string;
  atMs: number;
}

function cursorOf({ id, atMs }: ListEntry): string {
  return Buffer.from(`${atMs} ${id}`).toString('base64url');
}

/** Undefined when it is not a cursor of ours, which callers answer as an invalid request. */
export function parseCursor(cursor: string): ListEntry | undefined {
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
