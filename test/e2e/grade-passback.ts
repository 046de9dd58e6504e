import type { ProfileName } from '@gradewire/platform-simulator';
import type { ScoreInput } from '@gradewire/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Classroom, impatientRetries, openClassroom, platformId } from '../support/classroom.ts';

const settled = { timeoutMs: 60_000, minPollMs: 20, maxPollMs: 100 };

/** What becomes of a score for somebody whom the platform does not know. Open edX takes it, and shows it nowhere. */
const strangers: Record<ProfileName, string> = {
  canvas: 'USER_NOT_IN_CONTEXT',
  moodle: 'USER_NOT_IN_CONTEXT',
  blackboard: 'USER_NOT_IN_CONTEXT',
  brightspace: 'USER_NOT_FOUND',
  schoology: 'REJECTED',
  sakai: 'USER_NOT_IN_CONTEXT',
  openedx: 'delivered',
  generic: 'REJECTED',
};

/** The whole way of a score, from the API to the gradebook of one vendor. */
export function testGradePassback(profile: ProfileName): void {
  describe(`on ${profile}`, () => suite(profile));
}

const resourceLinks = [{ title: 'Week 1', lineItem: { scoreMaximum: 100 } }, { title: 'Week 2' }];

function suite(profile: ProfileName): void {
  let room: Classroom;
  let lineItemUrl: string;

  beforeAll(async () => {
    room = await openClassroom({
      simulator: { profile, courses: [{ students: 60, resourceLinks }], throttle: false },
      gradewire: { env: impatientRetries },
      registration: { limits: { concurrency: 8 } },
    });
  });

  afterAll(async () => {
    await room[Symbol.asyncDispose]();
  });

  beforeEach(() => {
    room.simulator.clearFaults();
    lineItemUrl = room.simulator.addLineItem(room.course.id, { label: 'Quiz', scoreMaximum: 100 });
  });

  const student = (i: number) => room.course.students[i]!.userId;
  const shown = (i: number) => room.simulator.cell(lineItemUrl, student(i))?.score;

  function score(i: number, fields: Partial<ScoreInput> = {}): ScoreInput {
    return {
      platformId,
      userId: student(i),
      target: { lineItemUrl },
      scoreGiven: 87.5,
      scoreMaximum: 100,
      ...fields,
    };
  }

  async function deliver(i: number, fields: Partial<ScoreInput> = {}) {
    const { scores } = room.gradewire.client;
    const { id } = await scores.send(score(i, fields));
    return scores.waitForSettlement(id, settled);
  }

  it('a posted score is shown in the gradebook and read back as delivered', async () => {
    const view = await deliver(0, { metadata: { run: 7 }, externalId: 'submission-1' });
    expect(view).toMatchObject({ status: 'delivered', lineItemUrl, metadata: { run: 7 } });
    expect(view.attempts).toMatchObject([{ number: 1, stage: 'score', outcome: 'delivered' }]);
    expect(shown(0)).toBe(87.5);
  });

  it('a regrade replaces the grade, and an older score that comes late does not', async () => {
    await deliver(1, { scoreGiven: 40, timestamp: new Date(Date.now() - 60_000).toISOString() });
    await deliver(1, { scoreGiven: 90, timestamp: new Date(Date.now() - 30_000).toISOString() });
    const late = await deliver(1, { scoreGiven: 10, timestamp: new Date(Date.now() - 45_000).toISOString() });
    expect(late).toMatchObject({ status: 'superseded', reason: 'NEWER_SCORE' });
    expect(shown(1)).toBe(90);
  });

  it('a burst of ten updates ends with the newest and costs two posts', async () => {
    const sent = [];
    const began = performance.now();
    for (let points = 1; points <= 10; points += 1) {
      sent.push(await room.gradewire.client.scores.send(score(2, { scoreGiven: points })));
    }
    const tookMs = performance.now() - began;
    await room.gradewire.client.scores.waitForSettlement(sent.at(-1)!.id, settled);
    expect(shown(2)).toBe(10);
    const posts = room.simulator.requests({ endpoint: 'scores', userId: student(2) }).length;
    // What does not fit into a second on a busy machine is more than one burst.
    expect(posts).toBeLessThanOrEqual(1 + Math.ceil(tookMs / 1_000));
  });

  it('an unchanged score settles without another post', async () => {
    await deliver(3);
    const before = room.simulator.requests({ endpoint: 'scores', userId: student(3) }).length;
    expect(await deliver(3)).toMatchObject({ status: 'delivered', reason: 'UNCHANGED' });
    expect(room.simulator.requests({ endpoint: 'scores', userId: student(3) })).toHaveLength(before);
  });

  it('a class addressed by resource makes one column, once', async () => {
    const target = {
      lineItemsUrl: room.course.lineItemsUrl,
      resourceId: 'project-1',
      create: { label: 'Project 1', scoreMaximum: 20 },
    };
    const scores = room.course.students.map((_, i) =>
      score(i, { target, scoreGiven: i % 20, scoreMaximum: 20 }),
    );
    const batch = await room.gradewire.client.batches.send(scores);
    expect(batch).toMatchObject({ accepted: 60, rejected: 0 });
    const done = await room.gradewire.client.batches.waitForSettlement(batch.batchId, settled);
    expect(done.counts).toMatchObject({ delivered: 60 });
    const columns = room.simulator.state().lineItems.filter(({ resourceId }) => resourceId === 'project-1');
    expect(columns).toHaveLength(1);
    expect(Object.keys(columns[0]!.users)).toHaveLength(60);
  });

  it('a score addressed by its resource link goes to the column of the link, or to one made for it', async () => {
    const [linked, bare] = room.course.resourceLinks;
    const to = (resourceLinkId: string) => ({
      lineItemsUrl: room.course.lineItemsUrl,
      resourceLinkId,
      create: { label: 'Made for the link', scoreMaximum: 100 },
    });
    const own = await deliver(8, { target: to(linked!.id) });
    expect(own).toMatchObject({ status: 'delivered', lineItemUrl: linked!.lineItemUrl });
    const made = await Promise.all([8, 9].map((i) => deliver(i, { target: to(bare!.id) })));
    const columns = room.simulator.state().lineItems.filter(({ label }) => label === 'Made for the link');
    expect(columns).toHaveLength(1);
    expect(made.map((view) => view.lineItemUrl)).toEqual([columns[0]!.url, columns[0]!.url]);
    expect(room.simulator.cell(columns[0]!.url, student(9))?.score).toBe(87.5);
  });

  it('a zero is a grade, and null takes a grade away', async () => {
    // Open edX drops both without a word (xblock-lti-consumer signals.py).
    const silent = profile === 'openedx';
    expect(await deliver(51, { scoreGiven: 0 })).toMatchObject({ status: 'delivered' });
    expect(shown(51)).toBe(silent ? null : 0);
    await deliver(52, { scoreGiven: 70 });
    expect(await deliver(52, { scoreGiven: null })).toMatchObject({ status: 'delivered' });
    expect(shown(52)).toBe(silent ? 70 : null);
  });

  if (strangers[profile] === 'delivered') {
    it('a score for an unknown student is delivered as the platform says, and is in nobody’s gradebook', async () => {
      const { scores } = room.gradewire.client;
      const { id } = await scores.send(score(0, { userId: 'nobody-yet' }));
      expect(await scores.waitForSettlement(id, settled)).toMatchObject({ status: 'delivered' });
      expect(room.simulator.cell(lineItemUrl, 'nobody-yet')).toMatchObject({ score: null, rawScore: 87.5 });
    });
  } else {
    it('an unknown student becomes a dead letter with words a teacher understands, and is replayed once enrolled', async () => {
      const userId = profile === 'moodle' ? '987654' : 'nobody-yet';
      const { scores, deadLetters } = room.gradewire.client;
      const { id } = await scores.send(score(0, { userId }));
      const dead = await scores.waitForSettlement(id, settled);
      expect(dead).toMatchObject({ status: 'dead', reason: strangers[profile], hint: expect.any(String) });
      expect((await deadLetters.list({ platformId })).data.map((letter) => letter.id)).toContain(id);

      room.simulator.teacher.addUser(room.course.id, { userId, name: 'New Student' });
      await deadLetters.replay(id);
      expect(await scores.waitForSettlement(id, settled)).toMatchObject({ status: 'delivered' });
      expect(room.simulator.cell(lineItemUrl, userId)?.score).toBe(87.5);
      expect((await deadLetters.list({ platformId })).data.map((letter) => letter.id)).not.toContain(id);
    });
  }

  it.each([
    ['503', { kind: 'status', status: 503 }],
    ['a dropped connection', { kind: 'drop' }],
    ['a lost answer', { kind: 'drop', apply: true }],
    ['a web page with 200', { kind: 'html' }],
    ['a cut answer', { kind: 'truncate', apply: true }],
  ] as const)('%s is tried again until the gradebook shows the score', async (_name, action) => {
    room.simulator.addFault({ match: { endpoint: 'scores', userId: student(4) }, count: 2, action });
    const view = await deliver(4);
    expect(view.status).toBe('delivered');
    expect(shown(4)).toBe(87.5);
    expect(room.simulator.cell(lineItemUrl, student(4))?.attempts).toBeLessThanOrEqual(1);
  });

  it('a platform that is down holds its lane and is drained when it returns, with no dead letter', async () => {
    await room.simulator.goDown();
    const batch = await room.gradewire.client.batches.send(
      room.course.students.slice(10, 50).map((_, i) => score(i + 10, { scoreGiven: i })),
    );
    const { lanes, batches } = room.gradewire.client;
    await expect.poll(async () => (await lanes.get(platformId)).state).toBe('held');
    await room.simulator.comeUp();
    const done = await batches.waitForSettlement(batch.batchId, settled);
    expect(done.counts).toMatchObject({ delivered: 40 });
    expect((await lanes.get(platformId)).state).toBe('open');
  });

  it('a revoked token costs one renewal', async () => {
    await deliver(5, { scoreGiven: 1 });
    room.simulator.revokeTokens();
    const before = room.simulator.state().counters.tokensIssued;
    const batch = await room.gradewire.client.batches.send(
      room.course.students.slice(6, 20).map((_, i) => score(i + 6, { scoreGiven: 50 })),
    );
    const done = await room.gradewire.client.batches.waitForSettlement(batch.batchId, settled);
    expect(done.counts).toMatchObject({ delivered: 14 });
    expect(room.simulator.state().counters.tokensIssued).toBe(before + 1);
  });

  it('an operators pause stops delivery until it is resumed', async () => {
    const { lanes, scores } = room.gradewire.client;
    await lanes.pause(platformId);
    const { id } = await scores.send(score(7));
    await expect.poll(async () => (await scores.get(id)).status).toBe('held');
    expect(shown(7)).toBeUndefined();
    await lanes.resume(platformId);
    expect(await scores.waitForSettlement(id, settled)).toMatchObject({ status: 'delivered' });
  });

  it('never posts twice at once to one cell', () => {
    expect(room.simulator.state().counters.overlappingPostsPerCell).toBe(0);
  });

  it('tells Prometheus what happened', async () => {
    const ingest = await room.gradewire.metrics('ingest');
    const delivery = await room.gradewire.metrics('delivery');
    expect(ingest).toMatch(/gradewire_scores_accepted_total\{[^}]*platform="springfield"[^}]*\} \d+/);
    expect(ingest).toMatch(/gradewire_undelivered\{platform="springfield"\} 0/);
    expect(delivery).toMatch(/gradewire_scores_settled_total\{[^}]*status="delivered"[^}]*\} \d+/);
    expect(delivery).toMatch(/gradewire_delivery_duration_seconds_count\{platform="springfield"\} \d+/);
    expect(delivery).toMatch(/gradewire_token_fetches_total\{[^}]*outcome="[^"]+"\} \d+/);
  });
}
