import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Score, ScoreInput } from '@gradewire/sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeGradewire, problem, startFakeGradewire } from '../testing/fake-gradewire.ts';
import { runVerb } from '../testing/run-verb.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradewire-import-'));
});
afterEach(() => rm(folder, { recursive: true }));

const TARGET = ['--platform', 'm', '--line-item', 'https://lms.example/li/1'];

async function putResults(student: string, results: unknown) {
  await mkdir(join(folder, student));
  await writeFile(
    join(folder, student, 'results.json'),
    typeof results === 'string' ? results : JSON.stringify(results),
  );
}

const firstBatch = ({ seen }: FakeGradewire) => (seen[0]?.body as { scores?: ScoreInput[] })?.scores ?? [];

/** An API that refuses students called `bad…` at the door, and settles each other as `settle` says. */
function startBatchApi(settle: (score: ScoreInput) => Partial<Score>) {
  const batches: ScoreInput[][] = [];
  return startFakeGradewire(({ route, body }) => {
    if (route === 'POST /v1/scores/batch') {
      const { scores } = body as { scores: ScoreInput[] };
      const batch = batches.push(scores) - 1;
      const results = scores.map(({ userId }, index) =>
        userId.startsWith('bad')
          ? {
              index,
              status: 422,
              problem: problem(422, 'INVALID', 'Invalid.', {
                errors: [{ pointer: '/userId', detail: 'is bad' }],
              }).body,
            }
          : { index, status: 202, id: `sc-${batch}-${index}` },
      );
      const rejected = results.filter(({ status }) => status === 422).length;
      return { body: { batchId: `b${batch}`, accepted: scores.length - rejected, rejected, results } };
    }
    const [, batch] = /^GET \/v1\/batches\/b(\d+)$/.exec(route) ?? [];
    if (batch) {
      const counts: Record<string, number> = {};
      for (const score of batches[Number(batch)] ?? []) {
        if (score.userId.startsWith('bad')) continue;
        const { status = 'delivered' } = settle(score);
        counts[status] = (counts[status] ?? 0) + 1;
      }
      return { body: { batchId: `b${batch}`, done: !('queued' in counts), counts } };
    }
    const [, b, index] = /^GET \/v1\/scores\/sc-(\d+)-(\d+)$/.exec(route) ?? [];
    const score = batches[Number(b)]?.[Number(index)];
    return score && { body: { ...score, id: route.slice(-6), status: 'delivered', ...settle(score) } };
  });
}

test('a class of results.json files arrives, and the table says so', async () => {
  await putResults('ada', {
    tests: [
      { name: 'a', score: 3, max_score: 4 },
      { score: 1, max_score: 1, visibility: 'hidden' },
    ],
  });
  await putResults('bob', { score: 0, tests: [{ name: 'a', score: 0, max_score: 5 }] });
  await using api = await startBatchApi(() => ({}));
  const { code, stdout, stderr } = await runVerb(['score', 'import', folder, ...TARGET], { api });
  expect(code).toBe(0);
  expect(stdout).toBe(
    'Student  Score  Outcome\nada        4/5  delivered\nbob        0/5  delivered\n\n2 scores: 2 delivered\n',
  );
  expect(stderr).toBe('Delivering 2 scores 0/2\nDelivering 2 scores 2/2\n');
  const scores = firstBatch(api);
  expect(scores[0]).toEqual({
    platformId: 'm',
    userId: 'ada',
    target: { lineItemUrl: 'https://lms.example/li/1' },
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    scoreGiven: 4,
    scoreMaximum: 5,
    comment: 'a: 3/4',
  });
});

test('what was refused, unreadable or given up is named with its reason, its file and what to do; the rest arrives', async () => {
  await putResults('ada', { score: 5, tests: [{ max_score: 5 }] });
  await putResults('bad-bob', { score: 5, tests: [{ max_score: 5 }] });
  await putResults('cyd', { score: 5, tests: [{ max_score: 5 }] });
  await putResults('dan', '{"score": 5');
  await using api = await startBatchApi(({ userId }) =>
    userId === 'cyd'
      ? { status: 'dead', reason: 'GRADE_LOCKED', detail: 'locked', hint: 'Unlock the grade.' }
      : {},
  );
  const { code, stdout } = await runVerb(['score', 'import', folder, ...TARGET], { api });
  expect(code).toBe(3);
  expect(stdout).toMatch(/ada +5\/5 +delivered\n/);
  expect(stdout).toMatch(/bad-bob +5\/5 +rejected +INVALID +\/userId: is bad +.*bad-bob\/results\.json/);
  expect(stdout).toMatch(/cyd +5\/5 +dead +GRADE_LOCKED +locked/);
  expect(stdout).toMatch(/dan +rejected +UNREADABLE +is not JSON/);
  expect(stdout).toContain('GRADE_LOCKED: Unlock the grade.');
  expect(stdout).toContain('4 scores: 1 delivered, 2 rejected, 1 dead');
});

test('more than a thousand go in batches, without reading each of them back', async () => {
  const lines = Array.from({ length: 2_001 }, (_, index) =>
    JSON.stringify({ userId: `u${index}`, scoreGiven: 1, scoreMaximum: 1 }),
  );
  await writeFile(join(folder, 'all.jsonl'), lines.join('\n'));
  await using api = await startBatchApi(() => ({}));
  const { code, stdout } = await runVerb(['score', 'import', folder, ...TARGET], { api });
  expect(code).toBe(0);
  expect(stdout).toBe('2,001 scores: 2,001 delivered\n');
  const sizes = api.seen.flatMap(({ route, body }) =>
    route === 'POST /v1/scores/batch' ? [(body as { scores: [] }).scores.length] : [],
  );
  expect(sizes).toEqual([1000, 1000, 1]);
  expect(api.seen.some(({ route }) => route.startsWith('GET /v1/scores/'))).toBe(false);
});

test('what is not there in time is reported as it stands', async () => {
  await putResults('ada', { score: 5, tests: [{ max_score: 5 }] });
  await using api = await startBatchApi(() => ({ status: 'queued' }));
  const { code, stdout } = await runVerb(['score', 'import', folder, ...TARGET, '--timeout', '0.2'], { api });
  expect(code).toBe(3);
  expect(stdout).toMatch(/ada +5\/5 +queued/);
});

test('--no-wait hands over and is done; --json prints one document', async () => {
  await putResults('ada', { score: 5, tests: [{ max_score: 5 }] });
  await using api = await startBatchApi(() => ({}));
  const { code, json } = await runVerb(['score', 'import', folder, ...TARGET, '--no-wait', '--json'], {
    api,
  });
  expect(code).toBe(0);
  expect(json()).toEqual({
    outcomes: [
      expect.objectContaining({
        userId: 'ada',
        scoreGiven: 5,
        scoreMaximum: 5,
        status: 'queued',
        scoreId: 'sc-0-0',
      }),
    ],
  });
});

test('an nbgrader export makes a column for each assignment', async () => {
  const titles =
    'assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score';
  await writeFile(
    join(folder, 'g.csv'),
    `${titles}\nps1,,,ada,,,,1.0,0.0,1.0,9.0\nps2,,,ada,,,,2.0,0.0,2.0,5.0\n`,
  );
  await using api = await startBatchApi(() => ({}));
  const argv = [
    'score',
    'import',
    folder,
    '--platform',
    'm',
    '--line-items',
    'https://lms.example/lis',
    '--create',
  ];
  const { code, stdout } = await runVerb(argv, { api });
  expect(code).toBe(0);
  expect(stdout).toMatch(/ada +ps1 +1\/9 +delivered\nada +ps2 +2\/5 +delivered/);
  const scores = firstBatch(api);
  expect(scores.map(({ target }) => target)).toEqual([
    { lineItemsUrl: 'https://lms.example/lis', resourceId: 'ps1', create: { label: 'ps1', scoreMaximum: 9 } },
    { lineItemsUrl: 'https://lms.example/lis', resourceId: 'ps2', create: { label: 'ps2', scoreMaximum: 5 } },
  ]);
});

test('a terminal gets a bar that is redrawn', async () => {
  await putResults('ada', { score: 5, tests: [{ max_score: 5 }] });
  await using api = await startBatchApi(() => ({}));
  const { stderr } = await runVerb(['score', 'import', folder, ...TARGET], { api, tty: true });
  expect(stderr).toContain('\r\x1b[2KDelivering 1 score');
  expect(stderr).toContain('█');
});
