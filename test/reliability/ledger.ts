import type { Simulator } from '@gradewire/platform-simulator';
import type { Gradewire, ScoreAccepted, ScoreInput } from '@gradewire/sdk';

const batchSize = 1_000;

/** A score that was answered 202, and what it should come to. */
interface Entry {
  id: string;
  userId: string;
  lineItemUrl: string;
  scoreGiven: number;
  /** ms; of two for one cell the greater is the newer. */
  timestampMs: number;
}

/** Remembers every accepted score, and compares them with what the services and the gradebook say in the end. */
export class Ledger {
  readonly entries: Entry[] = [];

  get ids(): string[] {
    return this.entries.map(({ id }) => id);
  }

  /** Notes a score that was answered 202. It must carry a timestamp and a score. */
  note(score: ScoreInput, lineItemUrl: string, accepted: Pick<ScoreAccepted, 'id'>): void {
    if (typeof score.scoreGiven !== 'number' || score.timestamp === undefined)
      throw new Error('not comparable');
    this.entries.push({
      id: accepted.id,
      userId: score.userId,
      lineItemUrl,
      scoreGiven: score.scoreGiven,
      timestampMs: Date.parse(score.timestamp),
    });
  }

  /** Sends scores for one column in batches and notes them; all must be accepted. Returns their ids. */
  async handIn(client: Gradewire, scores: readonly ScoreInput[], lineItemUrl: string): Promise<string[]> {
    const ids: string[] = [];
    for (let from = 0; from < scores.length; from += batchSize) {
      const part = scores.slice(from, from + batchSize);
      for (const { index, id, problem } of (await client.batches.send(part)).results) {
        if (id === undefined) throw new Error(`a score of a batch was refused: ${JSON.stringify(problem)}`);
        this.note(part[index]!, lineItemUrl, { id });
        ids.push(id);
      }
    }
    return ids;
  }

  /** The newest accepted score of each cell. */
  newest(): Entry[] {
    const cells = new Map<string, Entry>();
    for (const entry of this.entries) {
      const key = `${entry.lineItemUrl} ${entry.userId}`;
      const known = cells.get(key);
      // Of equal timestamps the one accepted later is the newer.
      if (!known || entry.timestampMs >= known.timestampMs) cells.set(key, entry);
    }
    return [...cells.values()];
  }

  /** Cells whose gradebook entry is not the newest accepted score. */
  wrongGrades(simulator: Pick<Simulator, 'cell' | 'profile'>): string[] {
    // Where a platform keeps some grades to itself, what it was given counts (Open edX: zeros).
    const kept = simulator.profile.scores.dropped ? 'rawScore' : 'score';
    return this.newest().flatMap(({ lineItemUrl, userId, scoreGiven, id }) => {
      const shown = simulator.cell(lineItemUrl, userId)?.[kept] ?? null;
      return shown === scoreGiven ? [] : [`${userId} shows ${shown} instead of ${scoreGiven} (${id})`];
    });
  }

  /** Accepted scores that did not end delivered or superseded. */
  async unfinished(client: Gradewire): Promise<string[]> {
    const wrong: string[] = [];
    let next = 0;
    const look = async () => {
      while (next < this.entries.length) {
        const { id } = this.entries[next++]!;
        const { status, reason } = await client.scores.get(id);
        if (status !== 'delivered' && status !== 'superseded')
          wrong.push(`${id} is ${status} ${reason ?? ''}`.trim());
      }
    };
    await Promise.all(Array.from({ length: 16 }, look));
    return wrong;
  }
}
