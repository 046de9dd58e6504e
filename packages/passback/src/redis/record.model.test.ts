import { randomBytes } from 'node:crypto';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cellIdOf, columnKeyOf, userKeyOf } from '../cell.ts';
import { connectRedis } from './connection.ts';
import { platformKey } from './keys.ts';
import { Outbox } from './outbox.ts';
import { ScoreRecord } from './record.ts';
import type { Begun, Settlement } from './record-types.ts';
import { newScoreId } from './score-id.ts';
import { ScoreReader } from './score-reader.ts';
import { SecretBox } from './secret-box.ts';

/** One step of the world; numbers choose among what is there. */
type Step =
  | { do: 'accept'; user: number; by: 'id' | 'email' | 'name'; backMs: number | undefined }
  /** `roster` is what a worker finds there that does not know the user; `gone`: its process dies instead. */
  | { do: 'begin'; user: number; cell: number; roster: Roster }
  /** The worker's answer: landed and known, landed and unanswered, lost, refused now, refused for good. */
  | { do: 'answer'; worker: number; answer: 'ok' | 'landedSilently' | 'lost' | 'later' | 'dead' }
  /** The post lands now, its answer comes later. */
  | { do: 'land'; worker: number }
  /**
   * The process is gone; what it sent has landed or never will. Nobody is left who could learn that it landed after its lease, so
   * within it only: what a platform does later than that without an answer is for a reconciliation to find.
   */
  | { do: 'crash'; worker: number; landed: boolean }
  | { do: 'wait'; ms: number }
  | { do: 'replayDead'; user: number }
  /** What the roster told is not taken for granted any more. */
  | { do: 'forget' };

type Roster = 'found' | 'nobody' | 'away' | 'gone';

const leaseMs = 1_500;
const facts = { contentHash: 'h', hasGrade: true };
const users = 2;
const lineItemUrl = 'https://lms.example/items/1';
const column = { key: columnKeyOf(lineItemUrl), lineItemUrl };
const launchId = 'la_p_0000000000000000000000';
const homeOf = (of: number) => cellIdOf(column.key, userKeyOf(`u${of}`));

const user = fc.nat(users - 1);
const worker = fc.nat(9);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('accept' as const),
      user,
      by: fc.constantFrom('id' as const, 'email' as const, 'name' as const),
      backMs: fc.option(fc.nat(2_000), { nil: undefined }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('begin' as const),
      user,
      cell: fc.nat(9),
      roster: fc.constantFrom(
        'found' as const,
        'found' as const,
        'nobody' as const,
        'away' as const,
        'gone' as const,
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      worker,
      answer: fc.constantFrom(
        'ok' as const,
        'ok' as const,
        'landedSilently' as const,
        'lost' as const,
        'later' as const,
        'dead' as const,
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('land' as const), worker }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), worker, landed: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 500, 1_001, 1_501, 1_501),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replayDead' as const), user }) },
  { weight: 1, arbitrary: fc.constant({ do: 'forget' as const }) },
);

const box = new SecretBox(randomBytes(32));

let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.url, 'patient');
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

let worlds = 0;

/** A platform that compares no timestamps, workers that stall and die, and what must hold of the record all the same. */
class World {
  readonly platformId = `p${worlds++}`;
  shift = 0;
  readonly record: ScoreRecord;
  readonly reader: ScoreReader;
  readonly accepted: Array<{ id: string; user: number; order: number; cell: string }> = [];
  /** What the gradebook shows: the last post that landed. */
  readonly shown = new Map<string, string>();
  readonly workers: Array<Extract<Begun, { kind: 'post' }> & { sentAt: number; landed: boolean }> = [];
  readonly wires = new Map<string, number>();

  constructor() {
    const clockShiftMs = () => this.shift;
    this.record = new ScoreRecord({
      redis,
      box,
      retentionMs: 1e9,
      cellRetentionMs: 1e10,
      leaseMs,
      clockShiftMs,
    });
    this.reader = new ScoreReader({ redis, box, clockShiftMs });
  }

  async run(next: Step): Promise<void> {
    switch (next.do) {
      case 'accept':
        return this.accept(next.user, next.by, next.backMs);
      case 'begin': {
        const cells = this.cellsOf(next.user);
        const cell = cells[next.cell % cells.length];
        return cell === undefined ? undefined : this.begin(cell, next.roster);
      }
      case 'answer':
        return this.answer(next.worker, next.answer);
      case 'land': {
        const lease = this.workers[next.worker % this.workers.length];
        if (lease) this.land(lease);
        return;
      }
      case 'crash': {
        const [gone] = this.take(next.worker);
        if (gone && next.landed && Date.now() + this.shift <= gone.sentAt + leaseMs) this.land(gone);
        return;
      }
      case 'wait':
        this.shift += next.ms;
        return;
      case 'replayDead': {
        const last = this.accepted.filter(({ user: of }) => of === next.user).at(-1);
        if (last) await this.record.replay(last.id);
        return;
      }
      case 'forget': {
        const bindings = await redis.keys(platformKey(this.platformId, 'user-alias', '*'));
        if (bindings.length > 0) await redis.del(...bindings);
      }
    }
  }

  /** All names that the one cell of a user goes by. */
  private cellsOf(of: number): string[] {
    const mine = this.accepted.filter(({ user: u }) => u === of).map(({ cell }) => cell);
    return mine.length === 0 ? [] : [...new Set([...mine, homeOf(of)])];
  }

  private async accept(of: number, by: 'id' | 'email' | 'name', backMs: number | undefined): Promise<void> {
    const id = newScoreId(this.platformId, Date.now());
    const content = {
      scoreGiven: 1,
      scoreMaximum: 1,
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
      ...(backMs === undefined
        ? {}
        : { timestamp: new Date(Date.now() + this.shift - backMs).toISOString() }),
    } as const;
    const user = by === 'email' ? { email: `u${of}@school.example` } : { name: `User ${of}` };
    const score =
      by === 'id'
        ? { ...content, userId: `u${of}`, target: { lineItemUrl } }
        : { ...content, user, target: { launchId } };
    const [result] = await this.record.accept(this.platformId, [{ id, score }]);
    if (!result?.ok) throw new Error('not accepted');
    const order = Date.parse((await this.reader.get(id))!.timestamp);
    this.accepted.push({ id, user: of, order, cell: result.cell });
  }

  async begin(name: string, roster: Roster): Promise<void> {
    const { platformId } = this;
    const where = { platformId, wireStepMs: 1 };
    let begun = await this.record.begin({ ...where, cell: name });
    if (begun.kind === 'identify') {
      const { cell, scoreId, fence } = begun;
      const lease = { platformId, cell, scoreId, fence };
      if (roster === 'gone') return;
      if (roster !== 'found') {
        const settlement: Settlement =
          roster === 'nobody'
            ? { kind: 'dead', reason: 'USER_NOT_FOUND' }
            : { kind: 'later', delayMs: 5, ambiguous: false };
        await this.record.settle({ ...lease, settlement });
        return;
      }
      const { user: of } = this.accepted.find(({ id }) => id === scoreId)!;
      begun = await this.record.begin({ ...where, cell, fence, userId: `u${of}` });
    }
    if (begun.kind === 'resolve') {
      begun = await this.record.begin({ ...where, cell: begun.cell, fence: begun.fence, column });
    }
    if (begun.kind === 'early') this.shift += 100;
    if (begun.kind !== 'post') return;
    const { cell, scoreId, score } = begun;
    const now = Date.now() + this.shift;
    const others = this.workers.filter((other) => other.cell === cell && other.sentAt + leaseMs > now + 50);
    expect(others, 'one post in flight per cell').toEqual([]);
    const { order, user: of } = this.accepted.find(({ id }) => id === scoreId)!;
    expect([cell, score.userId], 'whoever was named').toEqual([homeOf(of), `u${of}`]);
    const settled = await this.reader.many(
      platformId,
      this.accepted.filter((a) => a.user === of && a.order > order).map(({ id }) => id),
    );
    expect(
      settled.filter(({ status }) => status === 'delivered'),
      'nothing older than a delivered one is posted',
    ).toEqual([]);
    expect(begun.wireTimestampMs).toBeGreaterThanOrEqual(order);
    const wire = this.wires.get(begun.scoreId);
    if (wire !== undefined && begun.inDoubt) expect(begun.wireTimestampMs, 'a retry is identical').toBe(wire);
    this.wires.set(begun.scoreId, begun.wireTimestampMs);
    this.workers.push({ ...begun, sentAt: now, landed: false });
  }

  private take(index: number) {
    return this.workers.length === 0 ? [] : this.workers.splice(index % this.workers.length, 1);
  }

  private land(lease: World['workers'][number]): void {
    if (!lease.landed) this.shown.set(lease.cell, lease.scoreId);
    lease.landed = true;
  }

  private async answer(index: number, answer: Extract<Step, { do: 'answer' }>['answer']): Promise<void> {
    const [lease] = this.take(index);
    if (!lease) return;
    const where = {
      platformId: this.platformId,
      cell: lease.cell,
      scoreId: lease.scoreId,
      fence: lease.fence,
    };
    // A request that outlives the lease has been given up on, unless its answer is a success that comes late.
    const late = lease.sentAt + leaseMs < Date.now() + this.shift;
    if (answer === 'ok' || (late && (lease.landed || answer === 'landedSilently'))) {
      this.land(lease);
      await this.record.settle({ ...where, settlement: { kind: 'delivered', facts } });
    } else if (answer === 'dead' && !lease.landed) {
      await this.record.settle({ ...where, settlement: { kind: 'dead', reason: 'REJECTED' } });
    } else {
      if (answer === 'landedSilently') this.land(lease);
      await this.record.settle({
        ...where,
        settlement: { kind: 'later', delayMs: 5, ambiguous: lease.landed || answer === 'lost' },
      });
    }
  }

  /** No more trouble: every worker that is left answers, and whatever is undelivered is brought up to date. */
  async calm(): Promise<void> {
    // The last to have begun answers first, so that whatever is stale lands after it.
    while (this.workers.length > 0) await this.answer(this.workers.length - 1, 'ok');
    for (let round = 0; round < 50; round += 1) {
      this.shift += leaseMs + 1;
      const { cells } = await this.reader.undeliveredCells(this.platformId, 0, 100);
      if (cells.length === 0) return;
      for (const { cell } of cells) {
        await this.begin(cell, 'found');
        while (this.workers.length > 0) await this.answer(0, 'ok');
      }
    }
    throw new Error('the cells never came to rest');
  }

  async check(): Promise<void> {
    const views = await this.reader.many(
      this.platformId,
      this.accepted.map(({ id }) => id),
    );
    expect(
      views
        .map(({ status }) => status)
        .filter((status) => !['delivered', 'superseded', 'dead'].includes(status)),
    ).toEqual([]);
    for (let of = 0; of < users; of += 1) {
      const mine = this.accepted.filter(({ user: u }) => u === of);
      // The sort is stable: between equal timestamps the later arrival is the newer.
      const newest = mine.toSorted((a, b) => a.order - b.order).at(-1);
      if (!newest) continue;
      const status = views.find(({ id }) => id === newest.id)?.status;
      if (status === 'delivered')
        expect(this.shown.get(homeOf(of)), 'the newest is what the gradebook shows').toBe(newest.id);
      else expect(status).toBe('dead');
    }
    const named = views.filter(({ status, user }) => status !== 'dead' && user !== undefined);
    expect(named, 'nobody is named once it is known who it is').toEqual([]);
    const dead = views.filter(({ status }) => status === 'dead');
    expect(await redis.zcard(platformKey(this.platformId, 'dead'))).toBe(dead.length);
    const told = await new Outbox({ redis }).page(this.platformId, 10_000);
    for (const { id, status } of views) {
      const events = told.filter(({ scoreId }) => scoreId === id).map(({ type }) => type);
      expect(events.at(-1), 'what became of a score is what was told last').toBe(`score.${status}`);
      const final = events.filter((type) => type !== 'score.dead');
      expect(final.length, 'it is told once').toBe(new Set(final).size);
    }
  }
}

it('however accepts, posts, crashes, lost answers and replays interleave, the newest score is what the platform shows', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), async (steps) => {
      const world = new World();
      await redis.set(platformKey(world.platformId, 'platform'), '{}');
      const wanted = '1 score.delivered score.dead score.superseded';
      await redis.set(platformKey(world.platformId, 'events-wanted'), wanted);
      for (const next of steps) await world.run(next);
      await world.calm();
      await world.check();
    }),
    { numRuns: 300 },
  );
}, 60_000);
