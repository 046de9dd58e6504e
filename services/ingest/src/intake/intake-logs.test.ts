import { startTestRedis } from '@gradewire/local-redis/testing';
import { createLogger } from '@gradewire/telemetry';
import { expect, it } from 'vitest';
import { startTestCourse } from '../testing/test-course.ts';
import { startTestIngest } from '../testing/test-ingest.ts';
import { putTestSource } from '../testing/test-source.ts';

it('each delivery has one line, and no line tells anything of a student', async () => {
  const redis = await startTestRedis();
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ name: 'ingest', level: 'trace', destination });
  {
    await using course = await startTestCourse();
    await using test = await startTestIngest(redis.url, { overrides: { logger } });
    course.members = [
      { user_id: 'zyx-7', name: 'Zyxa Lee', email: 'zyxa@school.example' },
      { user_id: 'zyx-8', name: 'Zyxb Ray', email: 'zyxb@school.example' },
    ];
    const launchId = await course.register(test, 'a');
    const source = await putTestSource(test, 'grader', 'a', { target: { launchId } });
    const rows = [{ identity: { github: 'zyx-a' }, userId: 'zyx-7' }];
    await test.call('PUT', '/v1/identities', { platformId: 'a', identities: rows });
    const points = { scoreGiven: 1, scoreMaximum: 2, comment: 'zyx, well done' };
    const delivery = await source.deliver([
      { identity: { github: 'zyx-a' }, ...points },
      { user: { email: 'zyxb@school.example' }, ...points },
      { user: { name: 'Zyxe Doe' }, ...points },
      { identity: { senderId: 'zyx-joe' }, ...points },
      { userId: 'zyx-9', ...points, 'Zyxz Kim': 1 },
      { userId: 'zyx-10', ...points },
      { userId: 'zyx-10', ...points, scoreGiven: 2 },
      'Zyxn Fox',
    ]);
    await source.deliver('{"name": "Zyxn Fox"');
    course.roster = () => ({ status: 403, body: 'Zyxb Ray' });
    await test.call('POST', '/v1/webhook-sources/grader/unmatched/replay');
    const told = () =>
      lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'webhook-processed');
    await expect.poll(() => told().filter(({ deliveryId }) => deliveryId === delivery.id)).toHaveLength(2);
    expect(told()[0]).toMatchObject({
      deliveryId: delivery.id,
      platformId: 'a',
      sourceId: 'grader',
      accepted: 2,
      unmatched: 6,
      ignored: false,
      again: false,
      reasons: { USER_NOT_FOUND: 1, UNKNOWN_IDENTITY: 1, INVALID_SCORE: 1, TWICE: 2, NO_GRADE: 1 },
    });
  }
  await redis.stop();
  expect(lines.filter((line) => /zyx/i.test(line))).toEqual([]);
});
