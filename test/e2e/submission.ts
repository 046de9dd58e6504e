import type { ProfileName } from '@gradewire/platform-simulator';
import type { Score, ScoreInput } from '@gradewire/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Classroom, impatientRetries, openClassroom, platformId } from '../support/classroom.ts';

const settled = { timeoutMs: 60_000, minPollMs: 20, maxPollMs: 200 };
const ACTIVITIES = ['Initialized', 'Started', 'InProgress', 'Submitted', 'Completed'] as const;
const NOT_FINAL = ['Pending', 'PendingManual', 'Failed', 'NotReady'] as const;
/** Every progress report there can be, with points and without. */
const REPORTS = ACTIVITIES.flatMap((activityProgress) =>
  NOT_FINAL.flatMap((gradingProgress) => [
    { activityProgress, gradingProgress },
    { activityProgress, gradingProgress, scoreGiven: 1, scoreMaximum: 100 },
  ]),
);

/** What exactly reaches one vendor: progress reports, cleared grades, teachers' grades, points. */
export function testSubmission(profile: ProfileName): void {
  describe(`on ${profile}`, () => suite(profile));
}

function suite(profile: ProfileName): void {
  /** Its results are what was posted; a teacher's grade is kept apart from the tool's, and goes before it. */
  const isApart = profile === 'openedx';
  /** It takes progress reports without touching the grade. */
  const preserves = profile === 'canvas';
  const keptOff = preserves ? { status: 'delivered' } : { status: 'superseded', reason: 'WOULD_CLEAR_GRADE' };
  const left = isApart ? { status: 'delivered' } : { status: 'superseded', reason: 'KEPT_TEACHERS_GRADE' };

  let room: Classroom;
  let lineItemUrl: string;

  beforeAll(async () => {
    room = await openClassroom({
      simulator: { profile, courses: [{ students: REPORTS.length }], throttle: false },
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
  const cell = (i: number) => room.simulator.cell(lineItemUrl, student(i));
  const shown = (i: number) => cell(i)?.score;
  const wire = (i: number) =>
    room.simulator.requests({ endpoint: 'scores', userId: student(i) }).map(({ scoreGiven }) => scoreGiven);
  const edit = (i: number, grade: number | null) => {
    const { id } = room.simulator.state().lineItems.find(({ url }) => url === lineItemUrl)!;
    room.simulator.teacher.editGrade(id, student(i), grade);
  };

  function score(i: number, fields: Partial<ScoreInput>): ScoreInput {
    const graded = { scoreGiven: 80, scoreMaximum: 100 };
    const points = fields.gradingProgress ? {} : graded;
    return { platformId, userId: student(i), target: { lineItemUrl }, ...points, ...fields };
  }

  async function deliver(i: number, fields: Partial<ScoreInput> = {}): Promise<Score> {
    const { scores } = room.gradewire.client;
    const { id } = await scores.send(score(i, fields));
    return scores.waitForSettlement(id, settled);
  }

  async function deliverAll(all: ScoreInput[]): Promise<Score[]> {
    const { batches, scores } = room.gradewire.client;
    const batch = await batches.send(all);
    await batches.waitForSettlement(batch.batchId, settled);
    return Promise.all(batch.results.map(({ id }) => scores.get(id!)));
  }

  it('no progress report takes a grade of ours away', async () => {
    const grades = await deliverAll(REPORTS.map((_, i) => score(i, {})));
    expect(grades.map(({ status }) => status)).toEqual(REPORTS.map(() => 'delivered'));
    const views = await deliverAll(REPORTS.map((report, i) => score(i, report)));
    for (const view of views) expect(view).toMatchObject(keptOff);
    expect(REPORTS.map((_, i) => shown(i))).toEqual(REPORTS.map(() => 80));
  });

  it('no progress report takes a teacher’s grade away', async () => {
    for (const i of REPORTS.keys()) edit(i, 60);
    const views = await deliverAll(REPORTS.map((report, i) => score(i, report)));
    for (const view of views) expect(view).toMatchObject(isApart ? { status: 'delivered' } : keptOff);
    expect(REPORTS.map((_, i) => shown(i))).toEqual(REPORTS.map(() => 60));
  });

  it('no progress report takes the place of a grade that waits for the platform to return', async () => {
    await room.simulator.goDown();
    const { scores, lanes } = room.gradewire.client;
    const grade = await scores.send(score(0, {}));
    const report = await scores.send(score(0, { activityProgress: 'Started', gradingProgress: 'Pending' }));
    expect(await scores.get(report.id)).toMatchObject({
      status: 'superseded',
      reason: 'WOULD_CLEAR_GRADE',
      supersededBy: grade.id,
    });
    await room.simulator.comeUp();
    expect(await scores.waitForSettlement(grade.id, settled)).toMatchObject({ status: 'delivered' });
    expect(shown(0)).toBe(80);
    await expect.poll(async () => (await lanes.get(platformId)).state).toBe('open');
  });

  it('a first progress report is told, and the grade after it is shown', async () => {
    const report = await deliver(1, { activityProgress: 'InProgress', gradingProgress: 'NotReady' });
    expect(report).toMatchObject({ status: 'delivered' });
    expect(cell(1)).toMatchObject({ activityProgress: 'InProgress', gradingProgress: 'NotReady' });
    expect(await deliver(1)).toMatchObject({ status: 'delivered' });
    expect(shown(1)).toBe(80);
    if (profile === 'canvas') expect(cell(1)?.attempts).toBe(1);
  });

  it('null takes a grade away, whatever progress it comes with', async () => {
    await deliver(2);
    const cleared = await deliver(2, { scoreGiven: null, gradingProgress: 'Pending' });
    expect(cleared).toMatchObject({ status: 'delivered' });
    // Open edX takes it and keeps the grade (xblock-lti-consumer signals.py).
    expect(shown(2)).toBe(isApart ? 80 : null);
  });

  describe('with overwrite unlessEdited', () => {
    const overwrite = 'unlessEdited';

    it('a grade of ours is replaced', async () => {
      await deliver(3, { overwrite });
      expect(await deliver(3, { overwrite, scoreGiven: 90 })).toMatchObject({ status: 'delivered' });
      expect(shown(3)).toBe(90);
    });

    it('a grade that a teacher changed stays, until a score is to overwrite it', async () => {
      await deliver(4);
      edit(4, 55);
      const view = await deliver(4, { overwrite, scoreGiven: 90 });
      expect(view).toMatchObject(left);
      if (!isApart) expect(view.detail).toContain('55 of 100');
      expect(shown(4)).toBe(55);
      // Also the grade that we delivered before, which would be no change for us.
      const timestamp = new Date(Date.now() + 1_500).toISOString();
      expect(await deliver(4, { scoreGiven: 80, timestamp })).toMatchObject({ status: 'delivered' });
      expect(shown(4)).toBe(isApart ? 55 : 80);
    });

    it('a grade that a teacher gave first stays', async () => {
      edit(5, 60);
      expect(await deliver(5, { overwrite })).toMatchObject(left);
      expect(shown(5)).toBe(60);
    });

    it('a grade that a teacher took away stays away', async () => {
      await deliver(6);
      edit(6, null);
      expect(await deliver(6, { overwrite, scoreGiven: 90 })).toMatchObject(left);
      expect(shown(6)).toBeNull();
    });

    it('an answer that was lost is no teacher', async () => {
      const lost = {
        match: { endpoint: 'scores', userId: student(7) },
        action: { kind: 'drop', apply: true },
      };
      room.simulator.addFault({ ...lost, count: 2 } as never);
      expect(await deliver(7, { overwrite })).toMatchObject({ status: 'delivered' });
      room.simulator.addFault({ ...lost, count: 2 } as never);
      expect(await deliver(7, { overwrite, scoreGiven: 90 })).toMatchObject({ status: 'delivered' });
      expect(shown(7)).toBe(90);
      if (profile === 'canvas') expect(cell(7)?.attempts).toBe(1);
    });
  });

  it('points carry no noise, and reach no mark that they did not reach', async () => {
    const given = [0.1 + 0.2, 0.57 * 100, 49.999996, 200 / 3, 99.9999999];
    await deliverAll(given.map((scoreGiven, i) => score(i + 8, { scoreGiven })));
    expect(given.map((_, i) => wire(i + 8).at(-1))).toEqual([0.3, 57, 49.99999, 66.66666, 99.99999]);
    const again = await deliver(8, { scoreGiven: 0.3 });
    expect(again).toMatchObject({ status: 'delivered', reason: 'UNCHANGED' });
  });

  it('a column of twelve and a half points has whole ones where it must, and the grade is the same', async () => {
    const create = { label: 'Half', scoreMaximum: 12.5 };
    const target = { lineItemsUrl: room.course.lineItemsUrl, resourceId: 'half', create };
    const view = await deliver(13, { target, scoreGiven: 10, scoreMaximum: 12.5 });
    expect(view).toMatchObject({ status: 'delivered' });
    const column = room.simulator.state().lineItems.find(({ url }) => url === view.lineItemUrl)!;
    const maximum = ['blackboard', 'openedx'].includes(profile) ? 13 : 12.5;
    expect(column.scoreMaximum).toBe(maximum);
    expect(column.users[student(13)]?.rawScore).toBeCloseTo(0.8 * maximum, 4);
  });

  if (profile === 'canvas') {
    canvas({
      deliver,
      cell,
      column: (input) => {
        lineItemUrl = room.simulator.addLineItem(room.course.id, { scoreMaximum: 100, ...input });
      },
      fail: (action) => room.simulator.addFault({ match: { endpoint: 'scores' }, count: 1, action }),
    });
  }

  it('what cannot be seen is not overwritten', async () => {
    await deliver(14);
    const scopes = ['lineitem', 'score'].map(
      (name) => `https://purl.imsglobal.org/spec/lti-ags/scope/${name}`,
    );
    room.simulator.setTool({ scopes });
    room.simulator.revokeTokens();
    const view = await deliver(14, { overwrite: 'unlessEdited', scoreGiven: 90 });
    if (isApart) expect(view).toMatchObject({ status: 'delivered' });
    else {
      expect(view).toMatchObject({ status: 'dead', reason: 'RESULTS_UNREADABLE', hint: expect.any(String) });
      expect(shown(14)).toBe(80);
    }
    // Scores that do not ask for it go on.
    expect(await deliver(15)).toMatchObject({ status: 'delivered' });
    if (profile === 'canvas') {
      const first = await deliver(16, { overwrite: 'unlessEdited' });
      expect(first).toMatchObject({
        status: 'delivered',
        detail: expect.stringContaining('Canvas was asked'),
      });
      expect(shown(16)).toBe(80);
    }
  });
}

/** Attempts and files. */
function canvas(room: {
  deliver: (i: number, fields: Partial<ScoreInput>) => Promise<Score>;
  cell: (i: number) => { attempts: number; files: string[]; score: number | null } | undefined;
  column: (input: { allowedAttempts: number }) => void;
  fail: (action: { kind: 'status'; status: number; body: unknown }) => void;
}): void {
  const EXTENSION = 'https://canvas.instructure.com/lti/submission';
  const handedIn = (hour: number) => ({ submittedAt: `2026-03-01T1${hour}:00:00.000Z` });
  const files = (name: string) => {
    const url = `https://tool.example/${name}.pdf`;
    return { extensions: { [EXTENSION]: { content_items: [{ type: 'file', url, title: name }] } } };
  };

  it('a student without attempts left gets the grade all the same', async () => {
    room.column({ allowedAttempts: 1 });
    await room.deliver(20, { submission: handedIn(0) });
    const view = await room.deliver(20, { submission: handedIn(1), scoreGiven: 90 });
    expect(view).toMatchObject({ status: 'delivered', detail: expect.stringContaining('no attempts left') });
    expect(room.cell(20)).toMatchObject({ attempts: 1, score: 90 });
    const third = await room.deliver(20, { submission: handedIn(1), scoreGiven: 95 });
    expect(third.attempts).toHaveLength(1);
  });

  it('files go with an attempt, once, and others are another attempt', async () => {
    await room.deliver(21, files('essay'));
    expect(room.cell(21)).toMatchObject({ attempts: 1, files: ['https://tool.example/essay.pdf'] });
    await room.deliver(21, { ...files('essay'), scoreGiven: 90 });
    expect(room.cell(21)).toMatchObject({ attempts: 1, score: 90 });
    await room.deliver(21, { ...files('essay-2'), scoreGiven: 90 });
    expect(room.cell(21)).toMatchObject({ attempts: 2, files: ['https://tool.example/essay-2.pdf'] });
  });

  it('files that cannot be fetched are tried again', async () => {
    room.fail({ kind: 'status', status: 504, body: { errors: { message: 'file url timed out' } } });
    const view = await room.deliver(22, files('late'));
    expect(view).toMatchObject({ status: 'delivered' });
    expect(view.attempts?.[0]).toMatchObject({ reason: 'FILES_NOT_TAKEN' });
    expect(room.cell(22)).toMatchObject({ attempts: 1, files: ['https://tool.example/late.pdf'] });
  });

  it('files that are none are refused at the door', async () => {
    const bad = { extensions: { [EXTENSION]: { content_items: [{ type: 'file', url: 'essay.pdf' }] } } };
    await expect(room.deliver(23, bad)).rejects.toMatchObject({ status: 422 });
  });
}
