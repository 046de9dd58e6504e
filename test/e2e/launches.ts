import type { ProfileName } from '@gradewire/platform-simulator';
import type { Launch, ScoreInput, Target } from '@gradewire/sdk';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Classroom, impatientRetries, openClassroom, platformId } from '../support/classroom.ts';
import { createSteppedClock, type SteppedClock } from '../support/stepped-clock.ts';

const settled = { timeoutMs: 60_000, minPollMs: 20, maxPollMs: 100 };
const day = 86_400_000;
const months = 200 * day;
const grades = 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint';
const create = { label: 'Lab', scoreMaximum: 20 };

/** Launches are registered, and scores that name them arrive, whatever a platform's launch tells. */
export function testLaunches(profile: ProfileName): void {
  describe(`launches of ${profile}`, () => {
    let clock: SteppedClock;
    let room: Classroom;
    let ahead = 0;

    beforeAll(async () => {
      clock = await createSteppedClock();
      const resourceLinks = [
        { title: 'Essay', lineItem: { label: 'Essay', scoreMaximum: 100 } },
        ...['Lab', 'Quiz', 'Exam', 'Project'].map((title) => ({ title })),
      ];
      room = await openClassroom({
        simulator: {
          profile,
          courses: [{ students: 8, resourceLinks }],
          throttle: false,
          now: () => Date.now() + ahead,
        },
        gradewire: { env: { ...impatientRetries, ...clock.env } },
      });
    });
    afterAll(async () => {
      await room[Symbol.asyncDispose]();
      await clock[Symbol.asyncDispose]();
    });

    const student = (i: number) => room.course.students[i]!.userId;
    const linkOf = (n: number) => room.course.resourceLinks[n]!;
    const open = (n: number, i = 0) =>
      room.simulator.launch({ userId: student(i), resourceLinkId: linkOf(n).id });
    const columns = (label: string) =>
      room.simulator.state().lineItems.filter((column) => column.label === label);

    async function registered(n: number, i = 0): Promise<Launch> {
      const { idToken } = await open(n, i);
      return room.gradewire.client.launches.create({ idToken });
    }

    async function deliver(i: number, target: Target, fields: Partial<ScoreInput> = {}) {
      const { scores } = room.gradewire.client;
      const score = { platformId, userId: student(i), target, scoreGiven: 15, scoreMaximum: 20, ...fields };
      const { id } = await scores.send(score);
      return scores.waitForSettlement(id, settled);
    }

    it('a score that names a launch arrives in the column of its link', async () => {
      const [column] = columns('Essay');
      const { launchId, lineItemUrl } = await registered(0);
      expect(lineItemUrl).toBe(column!.url);
      expect(await deliver(1, { launchId })).toMatchObject({ status: 'delivered', lineItemUrl });
      expect(room.simulator.cell(lineItemUrl!, student(1))?.score).toBe(75);
      expect((await registered(0, 2)).launchId).toBe(launchId);
    });

    it('a link without a column gets one when asked for, and it is known from then on', async () => {
      const { launchId, lineItemUrl } = await registered(1);
      expect(lineItemUrl).toBeUndefined();
      expect(await deliver(0, { launchId })).toMatchObject({ status: 'dead', reason: 'LINE_ITEM_NOT_FOUND' });
      const made = await Promise.all([0, 1, 2, 3].map((i) => deliver(i, { launchId, create })));
      const urls = new Set(made.map((score) => score.lineItemUrl));
      expect([made.map(({ status }) => status), urls.size]).toEqual([made.map(() => 'delivered'), 1]);
      const [url] = urls;
      expect(columns('Lab').map((column) => column.url)).toEqual([url]);
      expect((await registered(1, 4)).lineItemUrl).toBe(url);
      expect(await deliver(5, { launchId })).toMatchObject({ status: 'delivered', lineItemUrl: url });
    });

    it('a resource of its own gets a column beside that of the link', async () => {
      const { launchId, lineItemUrl } = await registered(0);
      const score = await deliver(3, {
        launchId,
        resourceId: 'draft',
        create: { label: 'Draft', scoreMaximum: 20 },
      });
      expect(score.status).toBe('delivered');
      expect(score.lineItemUrl).not.toBe(lineItemUrl);
      expect(room.simulator.cell(lineItemUrl!, student(3))?.score ?? null).toBeNull();
    });

    it('what is refreshed helps a score that waits', async () => {
      const { client } = room.gradewire;
      const { launchId } = await registered(2);
      await client.lanes.pause(platformId);
      const sent = await client.scores.send({
        platformId,
        userId: student(0),
        target: { launchId },
        scoreGiven: 7,
        scoreMaximum: 20,
      });
      const lineitem = room.simulator.addLineItem(room.course.id, { label: 'Quiz', scoreMaximum: 20 });
      const { claims } = await open(2);
      await client.launches.create({ claims: { ...claims, [grades]: { lineitem } } });
      await client.lanes.resume(platformId);
      const score = await client.scores.waitForSettlement(sent.id, settled);
      expect(score).toMatchObject({ status: 'delivered', lineItemUrl: lineitem });
    });

    it('a launch that told of no gradebook says so, and a replay heals once one does', async () => {
      const { client } = room.gradewire;
      const { idToken, claims } = await open(3);
      const bare = await client.launches.create({ claims: { ...claims, [grades]: undefined } });
      const dead = await deliver(0, { launchId: bare.launchId, create });
      expect(dead).toMatchObject({ status: 'dead', reason: 'NO_GRADE_SERVICE', hint: expect.any(String) });
      expect((await client.launches.create({ idToken })).launchId).toBe(bare.launchId);
      await client.deadLetters.replay(dead.id);
      expect(await client.scores.waitForSettlement(dead.id, settled)).toMatchObject({ status: 'delivered' });
    });

    it('a score comes months after the launch, with its id alone', async () => {
      const { idToken } = await open(0);
      const { launchId, lineItemUrl } = await room.gradewire.client.launches.create({ idToken });
      ahead = months;
      await clock.step(months);
      const again = () => room.gradewire.client.launches.create({ idToken }).catch((error) => error);
      await expect.poll(again).toMatchObject({ message: expect.stringContaining('ran out') });
      const redis = new Redis(room.redis.url);
      const key = `gw:{${platformId}}:launch:${launchId}`;
      await redis.pexpire(key, (await redis.pttl(key)) - months);
      redis.disconnect();
      expect(await deliver(6, { launchId })).toMatchObject({ status: 'delivered', lineItemUrl });
      expect(room.simulator.cell(lineItemUrl!, student(6))?.score).toBe(75);
    });
  });
}
