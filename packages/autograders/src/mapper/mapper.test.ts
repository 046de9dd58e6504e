import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMapper, type Mapper } from './mapper.ts';

/** One that has time on a busy machine too, and one whose patience a test can wait for. */
let mapper: Mapper;
let strict: Mapper;
beforeAll(() => {
  mapper = createMapper({ timeMs: 20_000, maxDepth: 100 });
  strict = createMapper({ timeMs: 500, maxDepth: 100 });
});
afterAll(async () => {
  await mapper[Symbol.asyncDispose]();
  await strict[Symbol.asyncDispose]();
});

const student = { id: 'ada', mark: '7', of: 10, tags: ['a'] };

test.each([
  {
    name: 'a score',
    mapping: '{"userId": id, "scoreGiven": $number(mark), "scoreMaximum": of}',
    value: { userId: 'ada', scoreGiven: 7, scoreMaximum: 10 },
  },
  { name: 'a sequence of one is the one', mapping: 'tags.$uppercase($)', value: 'A' },
  { name: 'a list, as a plain array', mapping: '[tags.{"name": $}]', value: [{ name: 'a' }] },
  { name: 'nothing', mapping: 'nowhere', value: undefined },
  { name: 'an empty list', mapping: '[]', value: [] },
  { name: 'null', mapping: 'null', value: null },
  { name: 'a member without a value is left out', mapping: '{"a": nowhere, "b": 1}', value: { b: 1 } },
])('$name', async ({ mapping, value }) => {
  const result = await mapper.map(mapping, student);
  expect(result).toEqual({ ok: true, value });
});

const double = (text: string, times: number) =>
  `($f := function($s, $n) { $n = 0 ? $s : $f(${text}, $n - 1) }; $f("xxxxxxxxxx", ${times}))`;

test.each([
  {
    name: 'recursion in tail position',
    mapping: '($f := function($x) { $f($x + 1) }; $f(1))',
    detail: /500 ms/,
  },
  {
    name: 'two functions that call each other',
    mapping: '($f := function($x) { $g($x) }; $g := function($x) { $f($x) }; $f(1))',
    detail: /500 ms/,
  },
  {
    name: 'recursion that goes deeper',
    mapping: '($f := function($x) { 1 + $f($x + 1) }; $f(1))',
    detail: /more than 100 levels deep/,
  },
  {
    name: 'recursion through $eval',
    mapping: '($f := function($x) { 1 + $eval("$f(1)") }; $f(1))',
    detail: /./,
  },
  {
    name: 'a regular expression that backtracks',
    mapping: `$match("${'a'.repeat(40)}!", /^(a+)+$/)`,
    detail: /500 ms/,
  },
  { name: 'a text that takes for ever to parse', mapping: nested(40), detail: /500 ms/ },
  { name: 'the same within $eval', mapping: `$eval("${nested(40)}")`, detail: /500 ms/ },
  { name: 'a long $pad', mapping: '$pad("", 400000000)', detail: /text that is too long/ },
  { name: 'a $pad longer than any text', mapping: '$pad("", 4000000000)', detail: /text that is too long/ },
  {
    name: 'a long $pad used at once',
    mapping: '$length($pad("", 400000000))',
    detail: /text that is too long/,
  },
  { name: 'a text doubled', mapping: double('$s & $s', 40), detail: /text that is too long/ },
  {
    name: 'a text replaced by more',
    mapping: '$replace($pad("", 3000000, "x"), "x", $pad("", 1000, "y"))',
    detail: /needs more than 128 MB|500 ms|too long/,
  },
  {
    name: 'many texts joined',
    mapping: '$join([1..900].$pad("", 3000000, "x"), "ü")',
    detail: /needs more than 128 MB|500 ms|too long/,
  },
  { name: 'a list doubled', mapping: double('$append($s, $s)', 40), detail: /list is too long/ },
  { name: 'a range', mapping: '[1..9999999999]', detail: /range is too long/ },
  { name: 'a range of ranges', mapping: '[1..999999].[1..999999]', detail: /500 ms|128 MB/ },
  {
    name: 'an object that holds itself twice, often',
    mapping: double('{"a": $s, "b": $s}', 40),
    detail: /more than anybody has grades|500 ms/,
  },
  {
    name: 'the same as a text',
    mapping: `(${double('{"a": $s, "b": $s}', 40)}) & ""`,
    detail: /500 ms|128 MB|too long/,
  },
  {
    name: 'a result that is deep',
    mapping: double('{"a": $s}', 150),
    detail: /nested deeper than 100 levels/,
  },
  { name: 'more grades than anybody has', mapping: '[1..10001]', detail: /more than 10000 grades/ },
  { name: 'a function', mapping: 'function($x) { $x }', detail: /gives a function/ },
  { name: 'a function within', mapping: '{"a": [$sum]}', detail: /gives a function/ },
  { name: 'a regular expression', mapping: '{"a": /a/}', detail: /gives a function/ },
])('$name is answered, and the next mapping runs', async ({ mapping, detail }) => {
  expect(await strict.map(mapping, student)).toEqual({ ok: false, detail: expect.stringMatching(detail) });
  expect(await strict.map('of', student)).toEqual({ ok: true, value: 10 });
});

test.each([
  {
    name: 'a word that is no number',
    mapping: '$number(name)',
    detail: 'the mapping fails at character 8: what is to become a number is none',
  },
  {
    name: '$error',
    mapping: '$error(name)',
    detail: 'the mapping fails at character 7: it gave up with $error',
  },
  {
    name: 'an operator',
    mapping: 'name + 1',
    detail: 'the mapping fails at character 6: The left side of the "+" operator must evaluate to a number',
  },
  {
    name: 'a comparison',
    mapping: 'name < 1',
    detail: 'the mapping fails at character 6: values of two kinds cannot be compared',
  },
  {
    name: 'a syntax error',
    mapping: 'name +',
    detail: 'the mapping fails at character 6: Unexpected end of expression',
  },
  { name: 'an unknown function', mapping: '$nunber(name)', detail: /Attempted to invoke a non-function/ },
])('a failure says where and why, and quotes nothing of the document: $name', async ({ mapping, detail }) => {
  const result = await mapper.map(mapping, { name: 'Ada Lovelace' });
  expect(result).toEqual({
    ok: false,
    detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
  });
  expect(JSON.stringify(result)).not.toMatch(/Ada|Lovelace/);
});

test.each([
  '$eval("process.env")',
  '$string.constructor',
  '"".constructor("return process")()',
  '$lookup({}, "__proto__")',
  '$$.__proto__',
])('nothing of the process is in reach: %s', async (mapping) => {
  const result = await mapper.map(mapping, {});
  expect(result.ok ? result.value : undefined).toBeUndefined();
});

test('a mapping leaves nothing behind for the next', async () => {
  await mapper.map('($x := 1; $sum := function() { 7 }; {"__proto__": {"y": 1}})', {});
  expect(await mapper.map('{"x": $x, "sum": $sum([1, 2]), "y": y}', {})).toEqual({
    ok: true,
    value: { sum: 3 },
  });
});

test.each(['now', 'millis', 'random', 'shuffle'])(
  'what $%s says is refused: a delivery that is read again later has to say the same',
  async (name) => {
    const mapping = `{"userId": "1", "timestamp": $${name}(${name === 'shuffle' ? '[1]' : ''})}`;
    const detail = expect.stringMatching(new RegExp(`^the mapping uses \\$${name}, .* when it was received`));
    expect(await mapper.map(mapping, {})).toEqual({ ok: false, detail });
  },
);

const nestedText = nested(40);

test.each([
  { mapping: '{"userId": id}', problem: undefined },
  {
    mapping: '{"userId": id',
    problem: 'is not JSONata at character 13: Expected "}" before end of expression',
  },
  { mapping: nestedText, problem: 'is too intricate to be read' },
])(
  'what is wrong with a mapping is found without holding anybody up: $problem',
  async ({ mapping, problem }) => {
    const found = strict.problemOf(mapping);
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 50);
    expect(await found).toBe(problem);
    clearInterval(timer);
    if (mapping === nestedText) expect(ticks).toBeGreaterThan(3);
    expect(await strict.map('of', student)).toEqual({ ok: true, value: 10 });
  },
);

test('mappings run one after another, in the order they came; one that hangs does not hurt the rest', async () => {
  const results = await Promise.all([
    strict.map('1', {}),
    strict.map('($f := function() { $f() }; $f())', {}),
    strict.map(`$match("${'a'.repeat(40)}!", /^(a+)+$/)`, {}),
    strict.map('$', { deep: { value: 2 } }),
  ]);
  expect(results.map((result) => (result.ok ? result.value : 'slow'))).toEqual([
    1,
    'slow',
    'slow',
    { deep: { value: 2 } },
  ]);
});

test('a value that is no plain JSON is a result too', async () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  expect(await mapper.map('1', cyclic)).toMatchObject({ ok: false });
  expect(await mapper.map('1', 1n)).toMatchObject({ ok: false });
  expect(await mapper.map('1', {})).toEqual({ ok: true, value: 1 });
});

test('a large document goes through', async () => {
  const rows = Array.from({ length: 9_000 }, (_, index) => ({ id: `student-${index}`, points: index }));
  const result = await mapper.map('rows.{"userId": id, "scoreGiven": points, "scoreMaximum": 9000}', {
    rows,
  });
  expect(result.ok && result.value).toHaveLength(9_000);
});

test('a mapper that is disposed of ends what runs, takes nothing more, and says so by rejecting', async () => {
  const short = createMapper();
  const running = short.map(`$match("${'a'.repeat(40)}!", /^(a+)+$/)`, {});
  const waiting = short.map('1', {});
  await short[Symbol.asyncDispose]();
  await expect(running).rejects.toThrow('closed');
  await expect(waiting).rejects.toThrow('closed');
  await expect(short.map('1', {})).rejects.toThrow('closed');
});

test('a mapper that was never used has nothing to end', async () => {
  await using unused = createMapper();
  expect(unused).toBeDefined();
});

function nested(levels: number): string {
  return `${'('.repeat(levels)}a${' ?: b)'.repeat(levels)}`;
}
