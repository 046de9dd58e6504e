import type { ProfileName } from '@gradewire/platform-simulator';
import type { GradewireError, LineItem, ScoreInput } from '@gradewire/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Classroom, impatientRetries, openClassroom, platformId } from '../support/classroom.ts';

const settled = { timeoutMs: 60_000, minPollMs: 20, maxPollMs: 200 };
/** More than one page of Canvas, which gives 100 at most. */
const STUDENTS = 130;

/** What becomes of a column that came with an assignment, or of any, when the tool would delete it. */
const deletable: Record<ProfileName, 'own' | 'any' | 'none'> = {
  canvas: 'own',
  moodle: 'any',
  blackboard: 'any',
  brightspace: 'own',
  schoology: 'own',
  sakai: 'own',
  openedx: 'none',
  generic: 'own',
};

/** Reading a gradebook back and managing its columns, on one vendor. */
export function testGradebook(profile: ProfileName): void {
  describe(`on ${profile}`, () => suite(profile));
}

function suite(profile: ProfileName): void {
  let room: Classroom;

  beforeAll(async () => {
    room = await openClassroom({
      simulator: {
        profile,
        courses: [
          {
            students: STUDENTS,
            resourceLinks: ['Week 1', 'Week 2'].map((title) => ({ title, lineItem: { scoreMaximum: 100 } })),
          },
        ],
        throttle: false,
      },
      gradewire: { env: impatientRetries },
      registration: { limits: { concurrency: 8 } },
    });
  });

  afterAll(async () => {
    await room[Symbol.asyncDispose]();
  });

  const student = (i: number) => room.course.students[i]!.userId;
  const addColumn = (input: object) =>
    room.simulator.addLineItem(room.course.id, { scoreMaximum: 100, ...input });
  const lineItemsUrl = () => room.course.lineItemsUrl;
  const onPlatform = (url: string) => room.simulator.state().lineItems.find((item) => item.url === url)!;

  function score(i: number, fields: Partial<ScoreInput>): ScoreInput {
    return { platformId, userId: student(i), scoreGiven: 80, scoreMaximum: 100, ...fields } as ScoreInput;
  }

  async function deliver(i: number, fields: Partial<ScoreInput>) {
    const { scores } = room.gradewire.client;
    const { id } = await scores.send(score(i, fields));
    return scores.waitForSettlement(id, settled);
  }

  /** A column that the tool made for a resource, as a score with `create` makes it. */
  async function makeColumn(resourceId: string, label = 'Lab'): Promise<LineItem> {
    const create = { label, scoreMaximum: 100 };
    const view = await deliver(0, { target: { lineItemsUrl: lineItemsUrl(), resourceId, create } });
    expect(view).toMatchObject({ status: 'delivered' });
    return room.gradewire.client.lineItems.get(platformId, view.lineItemUrl!);
  }

  const refusalOf = (promise: Promise<unknown>): Promise<GradewireError> =>
    promise.then(
      () => expect.unreachable('should have been refused'),
      (error) => error as GradewireError,
    );

  it('results are all that the column shows, and the column says of whom', async () => {
    const { results } = room.gradewire.client;
    const lineItemUrl = addColumn({ label: 'Quiz' });
    const graded = [0, 1, 2];
    for (const i of graded)
      await deliver(i, { target: { lineItemUrl }, scoreGiven: 50 + i, comment: `for ${i}` });
    // Open edX shows what was posted, never what a teacher entered.
    const byTeacher = profile === 'openedx' ? [] : Array.from({ length: STUDENTS - 3 }, (_, i) => i + 3);
    for (const i of byTeacher) room.simulator.teacher.editGrade(onPlatform(lineItemUrl).id, student(i), i);

    const asked = () => room.simulator.requests({ endpoint: 'results' }).length;
    const askedBefore = asked();
    const list = await results.list({ platformId, lineItemUrl });
    expect(asked() - askedBefore).toBeLessThanOrEqual(Math.ceil(STUDENTS / 100));
    const shown = list.data.filter(({ resultScore }) => resultScore !== undefined);
    expect(shown).toHaveLength(graded.length + byTeacher.length);
    expect(new Set(shown.map(({ userId }) => userId)).size).toBe(shown.length);
    expect(list).toMatchObject({ lineItemUrl });
    expect(list).not.toHaveProperty('truncated');
    // Ingest and delivery share one access token.
    expect(room.simulator.requests({ endpoint: 'token' })).toHaveLength(1);
    const [ofOne] = shown.filter(({ userId }) => userId === student(1));
    expect(ofOne!.resultScore! / (ofOne!.resultMaximum ?? 1)).toBeCloseTo(0.51);

    for (const i of graded) {
      const { data } = await results.list({ platformId, lineItemUrl, userId: student(i) });
      // Blackboard leaves comments out of a list that it filters.
      expect(data).toMatchObject([{ userId: student(i), comment: `for ${i}` }]);
    }
    const { data: nobody } = await results.list({ platformId, lineItemUrl, userId: 'nobody.at/all' });
    expect(nobody).toEqual([]);
  });

  it('a teacher’s change shows in the results', async () => {
    if (profile === 'openedx') return;
    const lineItemUrl = addColumn({ label: 'Essay' });
    await deliver(4, { target: { lineItemUrl }, scoreGiven: 40 });
    room.simulator.teacher.editGrade(onPlatform(lineItemUrl).id, student(4), 95);
    const { data } = await room.gradewire.client.results.list({
      platformId,
      lineItemUrl,
      userId: student(4),
    });
    expect(data[0]!.resultScore! / (data[0]!.resultMaximum ?? 1)).toBeCloseTo(0.95);
  });

  it('columns are listed by course, resource and tag, and read one by one', async () => {
    const { lineItems } = room.gradewire.client;
    const one = addColumn({ label: 'One', resourceId: 'listed', tag: 'a' });
    addColumn({ label: 'Two', resourceId: 'listed', tag: 'b' });
    const course = { platformId, lineItemsUrl: lineItemsUrl() };
    const labels = async (filter: object) =>
      (await lineItems.list({ ...course, ...filter })).data.map(({ label }) => label).sort();
    expect(await labels({ resourceId: 'listed' })).toEqual(['One', 'Two']);
    expect(await labels({ resourceId: 'listed', tag: 'b' })).toEqual(['Two']);
    expect(await labels({ resourceId: 'no such' })).toEqual([]);
    expect(await labels({})).toEqual(expect.arrayContaining(['One', 'Two']));
    expect(await lineItems.get(platformId, one)).toMatchObject({
      lineItemUrl: one,
      label: 'One',
      scoreMaximum: 100,
      resourceId: 'listed',
      tag: 'a',
      created: false,
      delivered: 0,
    });
  });

  it('a launch stands for its course and for its column', async () => {
    const { launches, lineItems, results } = room.gradewire.client;
    const [link] = room.course.resourceLinks;
    const { claims } = await room.simulator.launch({ resourceLinkId: link!.id, userId: student(0) });
    const { launchId } = await launches.create({ platformId, claims: { ...claims } });
    const sent = await deliver(5, { target: { launchId }, scoreGiven: 70 });
    expect(sent).toMatchObject({ status: 'delivered' });
    const list = await lineItems.list({ platformId, launchId });
    expect(list.data.map((item) => item.lineItemUrl)).toContain(sent.lineItemUrl);
    const read = await results.list({ platformId, launchId, userId: student(5) });
    expect(read).toMatchObject({ lineItemUrl: sent.lineItemUrl, data: [{ userId: student(5) }] });
  });

  it('a change keeps what it does not name, and drift is told until then', async () => {
    const { lineItems } = room.gradewire.client;
    const made = await makeColumn('kept', 'Kept');
    expect(made).toMatchObject({ created: true, delivered: 1, label: 'Kept' });
    const { lineItemUrl } = made;
    const before = onPlatform(lineItemUrl);
    const changed = await lineItems.update({ platformId, lineItemUrl, label: 'Renamed', scoreMaximum: 50 });
    expect(changed).toMatchObject({ lineItemUrl, label: 'Renamed', scoreMaximum: 50, resourceId: 'kept' });
    expect(changed).not.toHaveProperty('drift');
    const { resourceId, tag, resourceLinkId } = before;
    expect(onPlatform(lineItemUrl)).toMatchObject({ label: 'Renamed', scoreMaximum: 50, resourceId, tag });
    expect(onPlatform(lineItemUrl).resourceLinkId).toBe(resourceLinkId);
  });

  it('a column that holds grades is not deleted unless that is meant', async () => {
    const { lineItems } = room.gradewire.client;
    const { lineItemUrl } = await makeColumn('guarded');
    const refused = await refusalOf(lineItems.delete({ platformId, lineItemUrl }));
    expect(refused).toMatchObject({ status: 409, code: 'LINE_ITEM_IN_USE' });
    expect(refused.problem?.detail).toContain('1 grade');
    expect(refused.problem?.detail).toContain('1 student');
    expect(onPlatform(lineItemUrl).deleted).toBe(false);

    const forced = lineItems.delete({ platformId, lineItemUrl, force: true });
    if (deletable[profile] === 'none') {
      expect(await refusalOf(forced)).toMatchObject({ problem: { reason: 'CANNOT_CHANGE_LINE_ITEM' } });
      return;
    }
    await forced;
    expect(onPlatform(lineItemUrl).deleted).toBe(true);
    const gone = await refusalOf(lineItems.delete({ platformId, lineItemUrl, force: true }));
    expect(gone).toMatchObject({ status: 422, problem: { reason: 'LINE_ITEM_GONE' } });
  });

  it('a column of an assignment is the platform’s to delete', async () => {
    const lineItemUrl = room.course.resourceLinks[0]!.lineItemUrl!;
    const refusal = room.gradewire.client.lineItems.delete({ platformId, lineItemUrl, force: true });
    if (deletable[profile] === 'any') await refusal;
    else expect(await refusalOf(refusal)).toMatchObject({ problem: { reason: 'CANNOT_CHANGE_LINE_ITEM' } });
  });

  it('scores that waited for a deleted column make it anew, or die, as they were sent', async () => {
    if (deletable[profile] === 'none') return;
    const { lanes, lineItems, scores } = room.gradewire.client;
    const { lineItemUrl } = await makeColumn('waited');
    await lanes.pause(platformId);
    const target = { lineItemsUrl: lineItemsUrl(), resourceId: 'waited' };
    const create = { label: 'Lab', scoreMaximum: 100 };
    const waiting = await Promise.all([
      scores.send(score(6, { target })),
      scores.send(score(7, { target: { lineItemUrl } })),
    ]);
    const refused = await refusalOf(lineItems.delete({ platformId, lineItemUrl }));
    expect(refused.problem?.detail).toContain('2 scores still to be sent');
    await lineItems.delete({ platformId, lineItemUrl, force: true });
    await lanes.resume(platformId);
    const [byResource, byUrl] = await Promise.all(
      waiting.map(({ id }) => scores.waitForSettlement(id, settled)),
    );
    expect(byResource).toMatchObject({ status: 'dead', reason: 'LINE_ITEM_NOT_FOUND' });
    expect(byUrl).toMatchObject({ status: 'dead', reason: 'LINE_ITEM_GONE' });
    const anew = await deliver(8, { target: { ...target, create } });
    expect(anew).toMatchObject({ status: 'delivered' });
    expect(anew.lineItemUrl).not.toBe(lineItemUrl);
  });

  it('of columns for the same work one is adopted, for what comes and what waits', async () => {
    const { deadLetters, lanes, lineItems, results, scores } = room.gradewire.client;
    const one = addColumn({ label: 'One', resourceId: 'twice' });
    const two = addColumn({ label: 'Two', resourceId: 'twice' });
    const course = { platformId, lineItemsUrl: lineItemsUrl() };
    const target = { lineItemsUrl: lineItemsUrl(), resourceId: 'twice' };
    const stuck = await deliver(9, { target });
    expect(stuck).toMatchObject({ status: 'dead', reason: 'LINE_ITEM_AMBIGUOUS' });

    const { data } = await lineItems.duplicates(course);
    const group = data.find(({ resourceId }) => resourceId === 'twice');
    expect(group?.lineItems.map((item) => item.lineItemUrl).sort()).toEqual([one, two].sort());

    const adopted = await lineItems.adopt({ ...course, lineItemUrl: one });
    expect(adopted).toMatchObject({
      lineItem: { label: 'One' },
      insteadOf: [{ label: 'Two', replacedBy: one }],
    });
    await deadLetters.replay(stuck.id);
    expect(await scores.waitForSettlement(stuck.id, settled)).toMatchObject({ lineItemUrl: one });

    // Chosen anew while scores wait: those of the resource go along, one that names its column does not.
    await lanes.pause(platformId);
    const waiting = await Promise.all([
      scores.send(score(9, { target, scoreGiven: 91 })),
      scores.send(score(10, { target: { lineItemUrl: one } })),
    ]);
    const again = await lineItems.adopt({ ...course, lineItemUrl: two });
    expect(again).toMatchObject({ insteadOf: [{ label: 'One' }], waiting: 2 });
    await lanes.resume(platformId);
    const [moved, named] = await Promise.all(waiting.map(({ id }) => scores.waitForSettlement(id, settled)));
    expect(moved).toMatchObject({ status: 'delivered', lineItemUrl: two });
    expect(named).toMatchObject({ status: 'delivered', lineItemUrl: one });
    const { data: shown } = await results.list({ platformId, lineItemUrl: two, userId: student(9) });
    expect(shown[0]!.resultScore! / (shown[0]!.resultMaximum ?? 1)).toBeCloseTo(0.91);
    expect(await deliver(11, { target })).toMatchObject({ status: 'delivered', lineItemUrl: two });
  });

  it('the column adopted beside a link’s own gets what its launch is sent', async () => {
    const { launches, lineItems } = room.gradewire.client;
    const link = room.course.resourceLinks[1]!;
    const { claims } = await room.simulator.launch({ resourceLinkId: link.id, userId: student(0) });
    const { launchId } = await launches.create({ platformId, claims: { ...claims } });
    const own = await deliver(20, { target: { launchId } });
    const create = { label: 'Beside', scoreMaximum: 100 };
    const beside = await deliver(20, { target: { launchId, resourceId: 'beside', create } });
    expect(beside.lineItemUrl).not.toBe(own.lineItemUrl);
    const { data } = await lineItems.duplicates({ platformId, launchId });
    const group = data.find(({ resourceLinkId }) => resourceLinkId === link.id);
    // Blackboard puts no column of a tool's on a link.
    if (profile === 'blackboard') expect(group).toBeUndefined();
    else {
      expect(group?.lineItems.map(({ lineItemUrl }) => lineItemUrl).sort()).toEqual(
        [own.lineItemUrl!, beside.lineItemUrl!].sort(),
      );
      await lineItems.adopt({ platformId, launchId, lineItemUrl: beside.lineItemUrl! });
      const sent = await deliver(21, { target: { launchId } });
      expect(sent).toMatchObject({ status: 'delivered', lineItemUrl: beside.lineItemUrl });
    }
  });

  it('a column without duplicates is not adopted', async () => {
    const lineItemUrl = addColumn({ label: 'Alone', resourceId: 'alone' });
    const course = { platformId, lineItemsUrl: lineItemsUrl() };
    const refused = await refusalOf(room.gradewire.client.lineItems.adopt({ ...course, lineItemUrl }));
    expect(refused).toMatchObject({ status: 422, code: 'INVALID' });
  });
}
