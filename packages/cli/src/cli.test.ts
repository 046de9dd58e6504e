import { expect, test } from 'vitest';
import { COMMANDS } from './commands/index.ts';
import { problem, startFakeGradewire } from './testing/fake-gradewire.ts';
import { runVerb } from './testing/run-verb.ts';

test('without words, or with --help, every verb is listed', async () => {
  const { code, stdout } = await runVerb([]);
  expect(code).toBe(0);
  for (const { words } of COMMANDS) expect(stdout).toContain(words.join(' '));
  expect((await runVerb(['--help'])).stdout).toBe(stdout);
});

test('a group alone lists its verbs', async () => {
  const { code, stdout } = await runVerb(['platform']);
  expect(code).toBe(0);
  expect(stdout).toContain('platform add');
  expect(stdout).not.toContain('score send');
});

test.each(COMMANDS.map((command) => ({ verb: command.words.join(' '), command })))(
  'gradewire $verb --help explains it and every flag',
  async ({ command }) => {
    const { code, stdout } = await runVerb([...command.words, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`gradewire ${command.words.join(' ')}`);
    for (const flag of [...Object.keys(command.flags), 'url', 'api-key', 'json'])
      expect(stdout).toContain(`--${flag}`);
  },
);

test.each([
  { argv: ['grade'], says: 'unknown command "grade"' },
  { argv: ['score', 'sned'], says: 'unknown command "score sned"' },
  { argv: ['score', 'list'], says: 'missing --platform ID' },
  { argv: ['score', 'get'], says: 'missing SCORE_ID' },
  { argv: ['score', 'get', 'a', 'b'], says: 'unexpected argument "b"' },
  { argv: ['platform', 'list', '--colour'], says: "Unknown option '--colour'" },
  { argv: ['score', 'list', '--platform'], says: "Option '--platform <value>' argument missing" },
  { argv: ['score', 'list', '--platform', 'm', '--limit', 'many'], says: '--limit must be a whole number' },
  { argv: ['replay', '--platform', 'm', '--status', 'lost'], says: '--status must be dead or delivered' },
])('$argv is wrong usage and says why', async ({ argv, says }) => {
  const { code, stdout, stderr } = await runVerb(argv, { api: { url: 'http://127.0.0.1:1' } });
  expect(code).toBe(2);
  expect(stderr).toContain(says);
  expect(stderr).toMatch(/See `gradewire.*--help`/);
  expect(stdout).toBe('');
});

test('without a key, the error says where one comes from', async () => {
  const { code, stderr } = await runVerb(['platform', 'list']);
  expect(code).toBe(1);
  expect(stderr).toContain('GRADEWIRE_API_KEY');
});

test('nobody there: the error names the address and how to start one', async () => {
  const gone = await startFakeGradewire(() => ({}));
  await gone[Symbol.asyncDispose]();
  const { code, stderr } = await runVerb(['score', 'get', 'sc_1'], { api: gone });
  expect(code).toBe(1);
  expect(stderr).toContain(`cannot reach ${gone.url}`);
  expect(stderr).toContain('npm start');
});

test('a wrong key, and the hint of the API', async () => {
  await using api = await startFakeGradewire(() =>
    problem(409, 'NOT_DEAD', 'It is not dead.', { hint: 'Look again.' }),
  );
  const wrong = await runVerb(['platform', 'list'], { api, env: { GRADEWIRE_API_KEY: 'other' } });
  expect(wrong).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Give a valid key with --api-key'),
  });
  const refused = await runVerb(['dead-letter', 'discard', 'sc_1', '--note', 'left'], { api });
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/\[NOT_DEAD\] It is not dead\.\nLook again\./),
  });
});

test('flags go before the environment', async () => {
  await using api = await startFakeGradewire(() => ({ body: { data: [] } }));
  const argv = ['platform', 'list', '--url', api.url, '--api-key', 'test-key'];
  const { code } = await runVerb(argv, {
    env: { GRADEWIRE_URL: 'http://127.0.0.1:1', GRADEWIRE_API_KEY: 'no' },
  });
  expect(code).toBe(0);
});

test('Ctrl-C ends with 130 and without an error', async () => {
  const interrupt = new AbortController();
  let asked = 0;
  await using api = await startFakeGradewire(() => {
    if (++asked === 3) interrupt.abort();
    return { body: { id: 'sc_1', status: 'queued', attempts: [] } };
  });
  const argv = ['dead-letter', 'replay', 'sc_1'];
  const { code, stderr } = await runVerb(argv, { api, signal: interrupt.signal });
  expect(code).toBe(130);
  expect(stderr).toBe('');
});

test.each([
  { name: 'a terminal', tty: true, env: {}, coloured: true },
  { name: 'a pipe', tty: false, env: {}, coloured: false },
  { name: 'NO_COLOR', tty: true, env: { NO_COLOR: '1' }, coloured: false },
  { name: 'FORCE_COLOR in a pipe', tty: false, env: { FORCE_COLOR: '1' }, coloured: true },
  { name: 'a dumb terminal', tty: true, env: { TERM: 'dumb' }, coloured: false },
])('colour: $name', async ({ tty, env, coloured }) => {
  const { stdout } = await runVerb(['--help'], { tty, env });
  expect(stdout.includes('\x1b[')).toBe(coloured);
});
