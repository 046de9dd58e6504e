import type { ScoreInput, Target } from '@gradewire/sdk';
import { type Classroom, impatientRetries, openClassroom, platformId } from '../support/classroom.ts';
import type { Attack, AttackContext, Finding } from './attack.ts';
import { Ledger } from './ledger.ts';
import { seededRandom } from './random.ts';
import { until } from './watch.ts';

const hour = 60 * 60_000;
const settled = { timeoutMs: 90_000, minPollMs: 20, maxPollMs: 200 };
const impatient = { ...impatientRetries, GRADEWIRE_REQUEST_TIMEOUT_MS: '1000' };
const create = { label: 'Project', scoreMaximum: 100 };
const grades = 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint';
const each = 6;
const perBatch = 50;

type Room = Pick<Classroom, 'simulator' | 'gradewire' | 'course'>;

const columnsOf = ({ simulator }: Room) =>
  simulator.state().lineItems.filter(({ label }) => label === create.label);

/** Answers to creations and scores that are late, lost, or no answers at all. */
function addTrouble({ simulator }: Room): void {
  const lost = { kind: 'drop', apply: true } as const;
  simulator.addFault({ match: { endpoint: 'lineItems', method: 'POST' }, count: 1, action: lost });
  for (const action of [{ kind: 'status', status: 503 }, { kind: 'drop' }, lost] as const) {
    simulator.addFault({ match: { endpoint: 'scores' }, probability: 0.04, action });
  }
}

/** One app's scores for the column by its own name for it; waits until all are settled. */
async function handIn(
  room: Room,
  scores: readonly ScoreInput[],
  note: Ledger['note'] | undefined,
  url: () => string,
) {
  const { batches } = room.gradewire.client;
  const sent: { part: readonly ScoreInput[]; batchId: string; ids: string[] }[] = [];
  for (let i = 0; i < scores.length; i += perBatch) {
    const part = scores.slice(i, i + perBatch);
    const { batchId, results } = await batches.send(part);
    sent.push({ part, batchId, ids: results.map(({ id }) => id ?? '') });
  }
  for (const { part, batchId, ids } of sent) {
    await batches.waitForSettlement(batchId, settled);
    for (const [i, id] of ids.entries()) note?.(part[i]!, url(), { id });
  }
}

async function threeNames({ long, seed }: AttackContext): Promise<Finding> {
  const random = seededRandom(seed);
  const students = long ? 500 : 24;
  await using room = await openClassroom({
    simulator: {
      profile: 'generic',
      courses: [{ students, resourceLinks: [{ title: 'Project' }] }],
      throttle: false,
      requestLogSize: 100_000,
    },
    gradewire: { env: impatient, deliveries: 3 },
    registration: { limits: { concurrency: 16 } },
  });
  const { simulator, gradewire, course } = room;
  const ledger = new Ledger();
  const { client } = gradewire;
  const link = course.resourceLinks[0]!.id;
  const opened = (i: number) =>
    simulator.launch({ userId: course.students[i]!.userId, resourceLinkId: link });
  const { launchId } = await client.launches.create({ idToken: (await opened(0)).idToken });
  simulator.setLatency(20);
  addTrouble(room);

  const base = Date.now() - hour;
  const all = course.students.flatMap(({ userId }, i) =>
    Array.from({ length: each }, (_, turn): ScoreInput => {
      const timestamp = new Date(base + turn * 1_500 + random.between(0, 1_000)).toISOString();
      const scoreGiven = turn * 10 + (i % 10);
      return { platformId, userId, target: { launchId }, scoreGiven, scoreMaximum: 100, timestamp };
    }),
  );
  const apps: ScoreInput[][] = [[], [], []];
  for (const score of random.shuffle(all)) random.pick(apps).push(score);
  const [byLaunch, byLink, byUrl] = apps as [ScoreInput[], ScoreInput[], ScoreInput[]];
  const aimed = (scores: ScoreInput[], target: Target) => scores.map((score) => ({ ...score, target }));
  const column = () => columnsOf(room)[0]?.url ?? '';
  const note: Ledger['note'] = (...entry) => ledger.note(...entry);
  await Promise.all([
    handIn(room, aimed(byLaunch, { launchId, create }), note, column),
    handIn(
      room,
      aimed(byLink, { lineItemsUrl: course.lineItemsUrl, resourceLinkId: link, create }),
      note,
      column,
    ),
    until(
      () => 'no column was made',
      120_000,
      () => column() !== '',
    ).then(() => handIn(room, aimed(byUrl, { lineItemUrl: column() }), note, column)),
    // Students go on opening the link; what the platform tells of it changes on the way.
    (async () => {
      for (let i = 0; i < students; i += 1) {
        const { idToken, claims } = await opened(i);
        const told = random.next() < 0.5 ? { idToken } : { claims: { ...claims, [grades]: undefined } };
        await client.launches.create(told);
      }
    })(),
  ]);

  const known = (await client.launches.get(launchId)).lineItemUrl;
  const columns = columnsOf(room).length;
  const { overlappingPostsPerCell: overlaps } = simulator.state().counters;
  const wrong = ledger.wrongGrades(simulator);
  return {
    figure: `${all.length} scores for one column by its launch, its link and its URL, ${students} launches meanwhile: ${columns} column, ${wrong.length} wrong grades`,
    broken: [
      ...(columns === 1 ? [] : [`${columns} columns`]),
      ...(known === column() ? [] : [`the launch knows ${known}`]),
      ...(overlaps === 0 ? [] : [`${overlaps} overlapping posts in a cell`]),
      ...wrong,
      ...(await ledger.unfinished(client)),
    ],
  };
}

/** A launch is one more name of a column, and has no order or column of its own. */
export const launchedAttacks: readonly Attack[] = [
  {
    name: 'one-column-three-names',
    promise:
      'A column named by a launch, by its link and by its URL is one column, made once: one order per cell',
    how: 'three apps send shuffled resubmissions to 3 workers before there is a column; its creation loses its answer, posts fail; launches come in meanwhile that tell more and less',
    run: threeNames,
  },
];
