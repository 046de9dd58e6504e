import type { Redis } from 'ioredis';
import { cellIdOf, userKeyOf } from '../cell.ts';
import type { DeliveredFacts } from '../post.ts';
import type { ScoreContent } from '../score.ts';
import { platformKey } from './keys.ts';
import { Script } from './script.ts';
import { cellsScript, forgetScript, verifiedScript } from './scripts/delivered.ts';

/** A column that got scores, and when it got the last one. */
export interface DeliveredColumn {
  column: string;
  url: string;
  deliveredAtMs: number;
}

/** What the record has of one user's cell. */
export interface DeliveredCell {
  userId: string;
  cell: string;
  /** The score delivered last and what the platform then had, when there was one. */
  delivered?: { scoreId: string; facts: DeliveredFacts };
  /** A score is on its way to the cell, or died on it. */
  desired?: string;
  /** That very score was sent and nobody answered; nobody is at it now. */
  inDoubt?: { dead: boolean; score: ScoreContent };
}

const cells = new Script(cellsScript);
const verified = new Script(verifiedScript);
const forgotten = new Script(forgetScript);
const perCall = 200;

/** What was delivered, column by column: the side of a comparison with the gradebook that is ours. */
export class DeliveredCells {
  readonly #redis: Redis;
  readonly #retentionMs: number;
  readonly #clockShiftMs: () => number;

  /** `retentionMs` is how long cells are kept. */
  constructor(options: { redis: Redis; retentionMs: number; clockShiftMs?: () => number }) {
    this.#redis = options.redis;
    this.#retentionMs = options.retentionMs;
    this.#clockShiftMs = options.clockShiftMs ?? (() => 0);
  }

  /** The columns that were delivered to since then, the latest first. */
  async columns(platformId: string, sinceMs = 0): Promise<DeliveredColumn[]> {
    const key = platformKey(platformId, 'columns');
    const rememberedSinceMs = Date.now() + this.#clockShiftMs() - this.#retentionMs;
    const fromMs = Math.max(sinceMs, rememberedSinceMs);
    const rows = await this.#redis.zrevrangebyscore(key, '+inf', fromMs, 'WITHSCORES');
    const found = rows.flatMap((column, i) => (i % 2 === 0 ? [{ column, at: Number(rows[i + 1]) }] : []));
    const urls = await Promise.all(
      found.map(({ column }) => this.#redis.hget(platformKey(platformId, 'column', column), 'url')),
    );
    return found.flatMap(({ column, at }, i) => {
      const url = urls[i];
      return url ? [{ column, url, deliveredAtMs: at }] : [];
    });
  }

  /** Pages of the users that a column got scores of. One may come twice. */
  async *users(platformId: string, column: string): AsyncGenerator<string[]> {
    let cursor = '0';
    do {
      const key = platformKey(platformId, 'column-users', column);
      const [next, users] = await this.#redis.sscan(key, cursor, 'COUNT', perCall);
      if (users.length > 0) yield users;
      cursor = next;
    } while (cursor !== '0');
  }

  /** The users' cells of a column, in order. */
  async cells(platformId: string, column: string, userIds: readonly string[]): Promise<DeliveredCell[]> {
    const found: DeliveredCell[] = [];
    for (let i = 0; i < userIds.length; i += perCall) {
      const users = userIds.slice(i, i + perCall);
      const places = users.map((userId) => cellIdOf(column, userKeyOf(userId)));
      const rows = (await this.#run(cells, platformId, places)) as (string | null)[][];
      found.push(...rows.map((row, at) => cellOf(users[at]!, places[at]!, row)));
    }
    return found;
  }

  /** Notes on the delivered scores of these cells that the gradebook shows them. One replaced meanwhile is left alone. */
  async markVerified(
    platformId: string,
    shown: ReadonlyArray<{ cell: string; scoreId: string }>,
  ): Promise<void> {
    for (let i = 0; i < shown.length; i += perCall) {
      const args = shown.slice(i, i + perCall).flatMap(({ cell, scoreId }) => [cell, scoreId]);
      await this.#run(verified, platformId, args);
    }
  }

  /** Forgets users whose cells have ended their life. One that was delivered to meanwhile is left alone. */
  async forget(platformId: string, column: string, userIds: readonly string[]): Promise<void> {
    for (let i = 0; i < userIds.length; i += perCall) {
      const users = userIds.slice(i, i + perCall);
      const args = users.flatMap((userId) => [cellIdOf(column, userKeyOf(userId)), userId]);
      await this.#run(forgotten, platformId, [column, ...args]);
    }
  }

  #run(script: Script, platformId: string, args: readonly string[]): Promise<unknown> {
    return script.run(this.#redis, platformKey(platformId, 'platform'), [this.#clockShiftMs(), ...args]);
  }
}

function cellOf(userId: string, cell: string, row: ReadonlyArray<string | null>): DeliveredCell {
  const [scoreId, facts, desired, body, dead] = row;
  return {
    userId,
    cell,
    ...(scoreId && facts && { delivered: { scoreId, facts: JSON.parse(facts) as DeliveredFacts } }),
    ...(desired && { desired }),
    ...(body && { inDoubt: { dead: dead === '1', score: JSON.parse(body) as ScoreContent } }),
  };
}
