import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { parseCsv } from './csv.ts';
import type { Reading } from './grade.ts';
import { isObject } from './json-value.ts';
import { parseDocument, type SenderDocument } from './parse-document.ts';
import { readDocument } from './read-document.ts';
import { exampleDocument } from './testing/examples.ts';

const ADAPTERS = ['gradewire', 'gradescope', 'github-classroom', 'prairielearn', 'nbgrader'] as const;
const EVENTS = ['check_run', 'workflow_run', 'ping', 'push', undefined];
const EXAMPLES = [
  'gradescope-metadata/pair.json',
  'gradescope-metadata/self-named.json',
  'gradescope/student-16/results.json',
  'github-classroom/check_run.json',
  'github-classroom/runner-results.json',
  'github-classroom/grades.json',
  'prairielearn/graded.json',
];

let samples: unknown[];
beforeAll(async () => {
  samples = await Promise.all(EXAMPLES.map(async (path) => (await exampleDocument(path)).value));
});

test.each(['gradewire', 'gradescope', 'prairielearn'] as const)('%s reads JSON, not CSV', (adapter) => {
  const { problems } = readDocument(adapter, { value: parseCsv('a,b\n1,2'), kind: 'csv' });
  expect(problems).toMatchObject([{ index: 0, detail: 'is not JSON' }]);
});

test('gradewire is the shape of a score', () => {
  const value = { userId: '42', scoreGiven: 7, scoreMaximum: 10 };
  expect(readDocument('gradewire', { value, kind: 'json' }).grades).toEqual([
    { index: 0, userId: '42', identities: [], fields: { scoreGiven: 7, scoreMaximum: 10 } },
  ]);
});

test('of a known assignment: what names another is passed over, what names none is of it', () => {
  const value = [{ userId: '1', assignment: 'hw1' }, { userId: '2', assignment: 'hw2' }, { userId: '3' }];
  const { grades } = readDocument('gradewire', { value, kind: 'json' }, { assignment: 'HW1' });
  expect(grades.map(({ index, assignment }) => [index, assignment])).toEqual([
    [0, 'hw1'],
    [2, 'HW1'],
  ]);
});

test.each([
  { adapter: 'gradescope', path: 'gradescope-metadata/pair.json' },
  { adapter: 'prairielearn', path: 'prairielearn/graded.json' },
  { adapter: 'nbgrader', path: 'nbgrader/grades.csv' },
  { adapter: 'github-classroom', path: 'github-classroom/runner-results.json' },
  { adapter: 'github-classroom', path: 'github-classroom/grades.csv' },
] as const)('$adapter, $path: of another assignment is no matter of grades', async ({ adapter, path }) => {
  const reading = readDocument(adapter, await exampleDocument(path), { assignment: 'something else' });
  expect(reading).toEqual({ grades: [], problems: [], ignored: 'is of another assignment' });
});

test.each(['gradescope', 'prairielearn', 'github-classroom'] as const)(
  '%s: an empty list is no matter of grades',
  (adapter) => {
    expect(readDocument(adapter, { value: [], kind: 'json' })).toEqual({
      grades: [],
      problems: [],
      ignored: 'holds no grades',
    });
  },
);

test.each(['gradescope', 'prairielearn', 'github-classroom'] as const)(
  '%s takes no more than 10,000 grades',
  (adapter) => {
    const value = Array.from({ length: 10_001 }, () => ({ score: 1 }));
    expect(readDocument(adapter, { value, kind: 'json' })).toMatchObject({
      grades: [],
      problems: [{ detail: expect.stringContaining('more than 10000') }],
    });
  },
);

test('no JSON, however strange, makes a reader throw or give what is no score', () => {
  const mangledSample = fc.nat(EXAMPLES.length - 1).chain((index) => mangled(samples[index]));
  const value = fc.oneof(fc.jsonValue(), mangledSample).map((strange) => JSON.parse(JSON.stringify(strange)));
  fc.assert(
    fc.property(
      value,
      fc.constantFrom(...ADAPTERS),
      fc.constantFrom(...EVENTS),
      (strange, adapter, event) => {
        const document: SenderDocument = { value: strange, kind: 'json', ...(event ? { event } : {}) };
        const reading = readDocument(adapter, document);
        expectWellFormed(reading);
        if (adapter !== 'gradewire') expectPoints(reading);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('no text, whatever it is called, makes a reader throw', () => {
  const titles = fc.constantFrom(
    'student_id',
    'score',
    'max_score',
    'assignment',
    'github_username',
    'points_awarded',
    'x',
  );
  const cells = fc.oneof(
    fc.string(),
    fc.nat().map(String),
    fc.constantFrom('', '"', '-1', '1e999', 'NaN', '\ud800'),
  );
  const csv = fc
    .tuple(fc.array(titles), fc.array(fc.array(cells)))
    .map(([head, rows]) => [head, ...rows].map((row) => row.join(',')).join('\n'));
  const types = fc.constantFrom('text/csv', 'application/json', undefined);
  fc.assert(
    fc.property(fc.oneof(csv, fc.string()), types, fc.constantFrom(...ADAPTERS), (text, type, adapter) => {
      const parsed = parseDocument(text, type);
      if (parsed.ok) expectWellFormed(readDocument(adapter, parsed.document));
    }),
  );
});

/** A document in which members and items are missing, or something else. */
function mangled(value: unknown): fc.Arbitrary<unknown> {
  const strange = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(null, '', -1, 1e308, '1e999', 'Points 1/0', '\ud800', [[]], {
      __proto__: null,
      toString: 1,
    }),
  );
  const kept = isObject(value)
    ? fc.record(Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mangled(member)])), {
        requiredKeys: [],
      })
    : Array.isArray(value)
      ? fc.tuple(...value.map(mangled))
      : fc.constant(value);
  return fc.oneof({ weight: 12, arbitrary: kept }, { weight: 1, arbitrary: strange });
}

/** Its places are told apart, and what would be sent on is what it was. */
function expectWellFormed(reading: Reading): void {
  const indexes = [...reading.grades, ...reading.problems].map(({ index }) => index);
  expect(new Set(indexes).size).toBe(indexes.length);
  expect(reading.ignored === undefined).toBe(indexes.length > 0);
  expect(JSON.parse(JSON.stringify(reading))).toStrictEqual(reading);
}

function expectPoints({ grades }: Reading): void {
  for (const { fields } of grades) {
    expect(fields.scoreGiven).toBeGreaterThanOrEqual(0);
    expect(fields.scoreMaximum).toBeGreaterThan(0);
    expect(String(fields.comment ?? '').isWellFormed()).toBe(true);
  }
}
