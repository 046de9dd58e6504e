import { score } from '../../testing/fake-tool.ts';
import { type Bench, testQuirks } from '../../testing/quirk-cases.ts';
import { SCORE_QUIRKS } from './score-quirks.ts';

const user = 'student-1';

/** Posts one after the other; what was answered and is shown then. */
async function post(
  { client, simulator, item }: Bench,
  posts: [given: number | null, change?: Record<string, unknown>][],
  url = item,
): Promise<[status: number, shown: number | null | undefined][]> {
  const seen: [number, number | null | undefined][] = [];
  for (const [i, [given, change]] of posts.entries()) {
    const timestamp = new Date(Date.UTC(2026, 0, 1, 10, i)).toISOString();
    const { status } = await client.postScore(url, score(user, given, { timestamp, ...change }));
    seen.push([status, simulator.cell(url, user)?.score]);
  }
  return seen;
}

testQuirks(SCORE_QUIRKS, {
  timestampRule: {
    probe: (bench) =>
      post(bench, [
        [50, { timestamp: '2026-01-01T10:00:00.100Z' }],
        [60, { timestamp: '2026-01-01T09:00:00.000Z' }],
        [70, { timestamp: '2026-01-01T10:00:00.100Z' }],
        [80, { timestamp: '2026-01-01T10:00:00.900Z' }],
      ]),
    plain: [
      [204, 50],
      [409, 50],
      [204, 70],
      [204, 80],
    ],
    values: {
      text: [
        [204, 50],
        [400, 50],
        [204, 70],
        [204, 80],
      ],
      conflict: [
        [204, 50],
        [409, 50],
        [409, 50],
        [409, 50],
      ],
      field: [
        [204, 50],
        [400, 50],
        [400, 50],
        [204, 80],
      ],
      silently: [
        [204, 50],
        [204, 50],
        [204, 70],
        [204, 80],
      ],
      none: [
        [204, 50],
        [204, 60],
        [204, 70],
        [204, 80],
      ],
    },
  },
  unknownUser: {
    probe: async ({ client, simulator, item, courseId }) => {
      simulator.teacher.removeUser(courseId, 'student-2');
      const removed = (await client.postScore(item, score('student-2', 50))).status;
      const stranger = (await client.postScore(item, score('nobody', 50))).status;
      return [removed, stranger, simulator.cell(item, 'nobody')?.score ?? null];
    },
    plain: [422, 422, null],
    values: {
      422: [422, 422, null],
      400: [400, 400, null],
      404: [404, 404, null],
      403: [403, 403, null],
      silent: [204, 204, null],
    },
  },
  progressNotFinal: {
    probe: (bench) => post(bench, [[50], [60, { gradingProgress: 'Pending' }], [null]]),
    plain: [
      [204, 50],
      [204, 50],
      [204, null],
    ],
    values: {
      clears: [
        [204, 50],
        [204, null],
        [204, null],
      ],
      ignored: [
        [204, 50],
        [204, 50],
        [204, 50],
      ],
    },
  },
  clearing: {
    probe: (bench) =>
      post(bench, [[50], [null], [null, { activityProgress: 'Initialized', gradingProgress: 'NotReady' }]]),
    plain: [
      [204, 50],
      [204, null],
      [204, null],
    ],
    values: {
      onlyNotReady: [
        [204, 50],
        [204, 50],
        [204, null],
      ],
    },
  },
  attemptPerPost: {
    probe: async (bench) => {
      const { simulator, item, courseId } = bench;
      await post(bench, [[50], [60]]);
      const two = simulator.addLineItem(courseId, { allowedAttempts: 2 });
      const limited = await post(bench, [[1], [2], [3]], two);
      return [simulator.cell(item, user)?.attempts, limited.at(-1)];
    },
    plain: [0, [204, 3]],
    values: { on: [2, [422, 2]], off: [0, [204, 3]] },
  },
  appendComments: {
    probe: async (bench) => {
      await post(bench, [
        [50, { comment: 'first' }],
        [60, { comment: 'second' }],
      ]);
      return bench.simulator.cell(bench.item, user)?.comments;
    },
    plain: ['second'],
    values: { on: ['first', 'second'], off: ['second'] },
  },
  aboveMaximum: {
    probe: async (bench) => {
      await post(bench, [[130]]);
      const { score: shown, rawScore } = bench.simulator.cell(bench.item, user)!;
      return [shown, rawScore];
    },
    plain: [130, 130],
    values: { capped: [100, 100], shownCapped: [100, 130], kept: [130, 130] },
  },
  zeroScoreDropped: {
    probe: (bench) => post(bench, [[50], [0]]),
    plain: [
      [204, 50],
      [204, 0],
    ],
    values: {
      on: [
        [204, 50],
        [204, 50],
      ],
    },
  },
  unlinkedColumnDropped: {
    probe: async (bench) => {
      const unlinked = bench.simulator.addLineItem(bench.courseId);
      return [await post(bench, [[50]]), await post(bench, [[50]], unlinked)];
    },
    plain: [[[204, 50]], [[204, 50]]],
    values: { on: [[[204, 50]], [[204, null]]] },
  },
  pastDueDropped: {
    probe: async (bench) => {
      bench.simulator.teacher.publishLineItem('1', false);
      return post(bench, [[50]]);
    },
    plain: [[204, 50]],
    values: { on: [[204, null]] },
  },
});
