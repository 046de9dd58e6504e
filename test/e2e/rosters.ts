import type { ProfileName } from '@gradewire/platform-simulator';
import type { ScoreInputByUser } from '@gradewire/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Classroom, impatientRetries, openClassroom, platformId } from '../support/classroom.ts';

const settled = { timeoutMs: 60_000, minPollMs: 20, maxPollMs: 200 };
const resourceLinks = [{ title: 'Week 1', lineItem: { scoreMaximum: 100 } }];
const namesakes = [
  { name: 'Ada Lovelace', email: 'Ada@School.example' },
  { name: 'Ada Lovelace', email: 'lovelace@school.example' },
  { name: 'José Núñez', email: 'jose@school.example' },
];

/** Rosters of one vendor: read whole, looked in by e-mail address and name, and asked when a score is refused. */
export function testRosters(profile: ProfileName): void {
  describe(`on ${profile}`, () => suite(profile));
}

function suite(profile: ProfileName): void {
  let room: Classroom;

  beforeAll(async () => {
    room = await openClassroom({
      simulator: {
        profile,
        throttle: false,
        courses: [
          { students: 60, resourceLinks },
          { students: namesakes, resourceLinks },
          { students: 8, resourceLinks },
        ],
      },
      gradewire: { env: { ...impatientRetries, GRADEWIRE_LOG_LEVEL: 'debug' } },
      registration: { limits: { concurrency: 8 } },
    });
  });

  afterAll(async () => {
    await room[Symbol.asyncDispose]();
  });

  const courseOf = (index: number) => room.simulator.courses[index]!;
  const reads = () =>
    room.simulator.requests({ endpoint: 'memberships', limit: 1_000 }).map(({ path }) => path);

  async function launchOf(index: number) {
    const { resourceLinks: links, students } = courseOf(index);
    const { idToken } = await room.simulator.launch({
      userId: students[0]!.userId,
      resourceLinkId: links[0]!.id,
    });
    const { launchId } = await room.gradewire.client.launches.create({ platformId, idToken });
    return { launchId, lineItemUrl: links[0]!.lineItemUrl! };
  }

  const score = (launchId: string, fields: Partial<ScoreInputByUser>) => ({
    platformId,
    target: { launchId },
    scoreGiven: 80,
    scoreMaximum: 100,
    ...fields,
  });

  async function sendAll(scores: object[]) {
    const { batches, scores: single } = room.gradewire.client;
    const { batchId, results } = await batches.send(scores as ScoreInputByUser[]);
    await batches.waitForSettlement(batchId, settled);
    return Promise.all(results.map(({ id }) => single.get(id!)));
  }

  it('a class is graded by e-mail address with one reading of its roster', async () => {
    const { launchId, lineItemUrl } = await launchOf(0);
    const { students } = courseOf(0);
    const views = await sendAll(
      students.map(({ email }, i) =>
        score(launchId, { user: { email: email.toUpperCase() }, scoreGiven: i }),
      ),
    );
    expect(new Set(views.map(({ status }) => status))).toEqual(new Set(['delivered']));
    expect(views.map(({ userId }) => userId)).toEqual(students.map(({ userId }) => userId));
    expect(views.filter(({ user }) => user)).toEqual([]);
    for (const [i, { userId }] of students.entries()) {
      const { score: shown, rawScore } = room.simulator.cell(lineItemUrl, userId)!;
      expect(room.simulator.profile.scores.dropped ? rawScore : shown).toBe(i);
    }
    const pages = reads();
    expect(new Set(pages).size, 'no page was read twice').toBe(pages.length);
  });

  it('lists the members, of one role if asked for', async () => {
    const { launchId } = await launchOf(0);
    const { members } = room.gradewire.client;
    const all = await members.list({ platformId, launchId });
    expect(all.data).toHaveLength(61);
    expect(all.data.find(({ email }) => email === courseOf(0).students[59]!.email)).toMatchObject({
      userId: courseOf(0).students[59]!.userId,
      status: 'Active',
    });
    expect((await members.list({ platformId, launchId, role: 'Instructor' })).data).toHaveLength(1);
  });

  it('tells one from none and several, and names nobody in saying so', async () => {
    const { launchId, lineItemUrl } = await launchOf(1);
    const [jose, twice, stranger] = await sendAll([
      score(launchId, { user: { name: 'núñez, josé' } }),
      score(launchId, { user: { name: 'Ada Lovelace' } }),
      score(launchId, { user: { email: 'nobody@school.example' } }),
    ]);
    expect(jose).toMatchObject({ status: 'delivered', userId: courseOf(1).students[2]!.userId });
    expect(twice).toMatchObject({ status: 'dead', reason: 'USER_NOT_FOUND', user: { name: 'Ada Lovelace' } });
    expect(twice!.detail).toMatch(/^2 members/);
    expect(stranger).toMatchObject({ status: 'dead', reason: 'USER_NOT_FOUND' });
    expect(stranger!.detail).toMatch(/^none of the 4 members/);
    for (const { detail, hint, attempts } of [twice!, stranger!]) {
      expect(JSON.stringify([detail, hint, attempts])).not.toMatch(/lovelace|nobody@/i);
    }
    const logs = [...room.gradewire.ingests, ...room.gradewire.deliveries].map(({ log }) => log).join();
    expect(logs).not.toMatch(/lovelace|school\.example/i);
    expect(room.simulator.cell(lineItemUrl, courseOf(1).students[0]!.userId)?.score ?? null).toBeNull();
  });

  it('tells a student who has left from a wrong id, with one reading for all of them', async () => {
    const { launchId } = await launchOf(2);
    const { students, id } = courseOf(2);
    const gone = students[0]!.userId;
    const [first] = await sendAll([score(launchId, { userId: gone } as object)]);
    expect(first).toMatchObject({ status: 'delivered' });
    room.simulator.teacher.removeUser(id, gone);
    const before = reads().length;
    const views = await sendAll([
      score(launchId, { userId: gone, scoreGiven: 90 } as object),
      ...['999991', '999992', '999993', '999994'].map((userId) => score(launchId, { userId } as object)),
    ]);
    // Open edX takes whatever it is sent.
    const takesAll = profile === 'openedx';
    expect(views.map(({ status, reason }) => reason ?? status)).toEqual(
      takesAll
        ? Array.from({ length: 5 }, () => 'delivered')
        : ['USER_NOT_IN_CONTEXT', ...Array.from({ length: 4 }, () => 'USER_NOT_FOUND')],
    );
    expect(reads().length - before).toBe(takesAll ? 0 : 1);
  });
}
