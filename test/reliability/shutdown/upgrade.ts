import { LaneQueues, laneQueueName } from '@gradewire/passback/bullmq';
import { connectRedis, platformKey, queueConnection } from '@gradewire/passback/redis';
import { impatientRetries, openClassroom, platformId } from '../../support/classroom.ts';
import { keysOf, openStore } from '../../support/store.ts';
import { type Attack, platformOf } from '../attack.ts';
import { Classwork } from '../classwork.ts';
import { seededRandom } from '../random.ts';
import { settledAll } from '../settled-all.ts';

export const upgrade: Attack = {
  name: 'upgrade',
  profile: 'generic',
  promise: 'Two versions of the services can work side by side on one store',
  how: "jobs with another version's data, names and options, records, cells, lane and registration with members that this version does not know",
  async run({ long, seed, profile }) {
    const students = long ? 2_000 : 100;
    const random = seededRandom(seed);
    const broken: string[] = [];
    await using room = await openClassroom({
      simulator: { ...platformOf({ profile }), courses: [{ students }] },
      gradewire: { deliveries: 0, env: impatientRetries },
      registration: { limits: { concurrency: 32 } },
    });
    const { gradewire, simulator } = room;
    const { client } = gradewire;
    await using store = openStore(room.redis.url);
    const work = new Classwork(room);
    const { ledger } = work;
    await work.handIn(0, students);

    // Everything as a newer version could have left it.
    const later = { addedLater: { version: 2, list: [1, 'two', null] } };
    const { redis: own } = store;
    const addMembers = async (key: string, field?: string) => {
      const json = field ? await own.hget(key, field) : await own.get(key);
      const text = JSON.stringify({ ...JSON.parse(json ?? '{}'), ...later });
      await (field ? own.hset(key, field, text) : own.set(key, text));
    };
    await addMembers(platformKey(platformId, 'platform'));
    await own.hset(platformKey(platformId, 'lane'), 'addedLater', '2');
    for (const id of ledger.ids) {
      const record = platformKey(platformId, 'score', id);
      await addMembers(record, 'body');
      const cell = await own.hget(record, 'cell');
      await own.hset(record, 'addedLater', '2');
      await own.hset(platformKey(platformId, 'cell', cell ?? ''), 'addedLater', '2', 'version', '2');
    }

    // And the queue: of each cell the job that another version would have added.
    const connection = queueConnection(connectRedis(room.redis.url, 'patient'));
    await using queues = new LaneQueues({ connection });
    const queue = queues.queue(platformId);
    const cells = await own.zrange(platformKey(platformId, 'undelivered'), '0', '-1');
    await own.unlink(...(await keysOf(own, `${platformKey(platformId, laneQueueName(platformId))}:`)));
    const shapes: ((cell: string) => [string, unknown, object])[] = [
      (cell) => ['cell', { cell }, { deduplication: { id: cell } }],
      (cell) => ['cell', { cell, ...later }, { deduplication: { id: cell }, attempts: 3, priority: 2 }],
      (cell) => ['cell-2', { cell, version: 2 }, { deduplication: { id: cell } }],
      (cell) => ['cell', { cells: [cell] }, { deduplication: { id: cell } }],
      (cell) => ['cell', {}, { deduplication: { id: cell } }],
      (cell) => ['cell', null, { deduplication: { id: cell } }],
      (cell) => ['cell', { cell: { name: cell } }, { deduplication: { id: cell } }],
      (cell) => ['cell', { cell: 'not a cell' }, { deduplication: { id: cell } }],
    ];
    for (const [i, cell] of random.shuffle(cells).entries()) {
      const [name, data, options] = shapes[i % shapes.length]!(cell);
      await queue.add(name as 'cell', data as { cell: string }, {
        removeOnComplete: true,
        removeOnFail: true,
        ...options,
      });
    }

    await gradewire.addDelivery();
    await gradewire.addDelivery();
    const sweepLease = platformKey(platformId, 'sweep-lease');
    const hurry = long ? undefined : setInterval(() => void own.del(sweepLease), 500);
    try {
      broken.push(...(await settledAll(client, [platformId], 120_000)));
    } finally {
      clearInterval(hurry);
      connection.disconnect();
    }
    broken.push(...(await work.wrongs()));
    const posts = simulator.state().counters.requests.scores ?? 0;
    if (posts !== ledger.entries.length) broken.push(`${posts} posts for ${ledger.entries.length} scores`);
    const strange = simulator
      .requests({ endpoint: 'scores' })
      .filter(({ status }) => status < 200 || status > 299);
    if (strange.length > 0) broken.push(`the platform refused ${strange.length} posts`);
    return {
      figure: `${ledger.entries.length.toLocaleString('en')} scores, ${shapes.length} kinds of jobs, unknown members everywhere: all delivered, ${posts - ledger.entries.length} posted twice`,
      broken,
    };
  },
};
