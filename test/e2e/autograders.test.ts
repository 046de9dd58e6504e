import { createHmac, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readText, root } from '../infra/repository.ts';
import {
  type Classroom,
  platformId as former,
  impatientRetries,
  openClassroom,
} from '../support/classroom.ts';
import { commandsOf, openReaderShell, type ReaderShell } from './autograder-pages.ts';

const platformId = 'moodle';
const titles = [
  'plain',
  'ci',
  'custom',
  'gradescope',
  'prairielearn',
  'nbgrader',
  'workflow',
  'hook',
  'export',
];
const tenYearsMs = 3_650 * 86_400_000;

/** The class of the examples: their nbgrader export names them all. */
const students = readText('examples/nbgrader/grades.csv')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','))
  .map(([, , , , family, given, email]) => ({ name: `${given} ${family}`, email: email! }));

let room: Classroom;
let reader: ReaderShell;

beforeAll(async () => {
  room = await openClassroom({
    simulator: {
      profile: 'moodle',
      throttle: false,
      courses: [
        { students, resourceLinks: titles.map((title) => ({ title, lineItem: { scoreMaximum: 100 } })) },
      ],
    },
    // The samples keep their dates.
    gradewire: { env: { ...impatientRetries, GRADEWIRE_CELL_RETENTION_MS: String(tenYearsMs) } },
  });
  const { client, url, apiKey } = room.gradewire;
  await client.platforms.delete(former);
  await client.platforms.put(platformId, room.simulator.registration as never);
  reader = await openReaderShell({ GRADEWIRE_URL: url, GRADEWIRE_API_KEY: apiKey });
});
afterAll(async () => {
  await reader[Symbol.asyncDispose]();
  await room[Symbol.asyncDispose]();
});

/** A launch of the link with this title: `LAUNCH_ID` of the pages. */
async function launchOf(title: string): Promise<string> {
  const { id } = room.course.resourceLinks[titles.indexOf(title)]!;
  const { idToken } = await room.simulator.launch({
    userId: room.course.students[0]!.userId,
    resourceLinkId: id,
  });
  return (await room.gradewire.client.launches.create({ platformId, idToken })).launchId;
}

const userOf = (email: string) => room.course.students.find((student) => student.email === email)!.userId;

/** What the column of a link shows, by the beginning of the student's address. */
function gradesIn(title: string): Record<string, number> {
  const { lineItemUrl } = room.course.resourceLinks[titles.indexOf(title)]!;
  return gradesOf(lineItemUrl!);
}

function gradesOf(lineItemUrl: string): Record<string, number> {
  const shown = students.flatMap(({ email }) => {
    const score = room.simulator.cell(lineItemUrl, userOf(email))?.score;
    return typeof score === 'number' ? [[email.split('@')[0]!, Math.round(score * 1_000) / 1_000]] : [];
  });
  return Object.fromEntries(shown) as Record<string, number>;
}

const commentOf = (title: string, email: string) =>
  room.simulator
    .cell(room.course.resourceLinks[titles.indexOf(title)]!.lineItemUrl!, userOf(email))
    ?.comments.join();

const unmatchedOf = async (sourceId: string) =>
  (await room.gradewire.client.unmatched.list(sourceId)).data.map(({ reason }) => reason);

const page = (name: string) => `docs/autograders/${name}.md`;

describe('docs/autograders, as they stand', () => {
  it('plain: a script that signs, and a line of curl', async () => {
    const signed = commandsOf(page('plain'), 'With Standard Webhooks');
    const bearer = commandsOf(page('plain'), 'With a bearer secret');
    await reader.run(signed, { LAUNCH_ID: await launchOf('plain') });
    await reader.run(bearer, { LAUNCH_ID: await launchOf('ci') });
    await expect.poll(() => gradesIn('plain')).toEqual({ 'amara.okafor': 85 });
    await expect.poll(() => gradesIn('ci')).toEqual({ 'benjamin.weiss': 92.5 });
    expect(commentOf('ci', 'benjamin.weiss@students.example.edu')).toBe('Late by a day: -1.5');
  });

  it('custom: a mapping, and a student who is told of later', async () => {
    const printed = await reader.run(commandsOf(page('custom')), { LAUNCH_ID: await launchOf('custom') });
    expect(printed).toContain('u-1002 is not known yet');
    await expect.poll(() => gradesIn('custom')).toEqual({ 'amara.okafor': 75, 'benjamin.weiss': 100 });
    expect(await unmatchedOf('quizzes')).toEqual([]);
  });

  it('gradescope: both of a pair get the grade, and nothing hidden is told', async () => {
    await using folder = await temporaryFolder();
    const { metadata, results } = await sample('gradescope-metadata/pair.json');
    await mkdir(join(folder.path, 'results'));
    await writeFile(join(folder.path, 'submission_metadata.json'), JSON.stringify(metadata));
    await writeFile(join(folder.path, 'results/results.json'), JSON.stringify(results));
    await reader.run(commandsOf(page('gradescope')), {
      LAUNCH_ID: await launchOf('gradescope'),
      AUTOGRADER: folder.path,
    });
    await expect
      .poll(() => gradesIn('gradescope'))
      .toEqual({ 'amara.okafor': 70.833, 'benjamin.weiss': 70.833 });
    const comment = commentOf('gradescope', 'amara.okafor@students.example.edu');
    expect(comment).toContain('get what was put');
    expect(comment).not.toMatch(/hidden|collide|collisions/);
  });

  it('prairielearn: a fraction becomes points', async () => {
    await using folder = await temporaryFolder();
    const { results } = await sample('prairielearn/graded.json');
    await mkdir(join(folder.path, 'results'));
    await writeFile(join(folder.path, 'results/results.json'), JSON.stringify(results));
    await reader.run(commandsOf(page('prairielearn')), {
      LAUNCH_ID: await launchOf('prairielearn'),
      GRADE: folder.path,
    });
    await expect.poll(() => gradesIn('prairielearn')).toEqual({ 'camila.duarte': 25 });
  });

  it('nbgrader: the whole class, in a column that is made for the assignment', async () => {
    await reader.run(commandsOf(page('nbgrader')), { LAUNCH_ID: await launchOf('nbgrader') });
    const column = () => room.simulator.state().lineItems.find(({ label }) => label === 'ps2-regression');
    await expect.poll(() => column()?.url).toBeDefined();
    await expect.poll(() => Object.keys(gradesOf(column()!.url)).length).toBe(30);
    expect(gradesOf(column()!.url)).toMatchObject({ 'amara.okafor': 9.5, 'benjamin.weiss': 12.5 });
    expect(gradesIn('nbgrader')).toEqual({});
  });
});

describe('docs/autograders/github-classroom.md, as it stands', () => {
  const github = page('github-classroom');

  it('grades wait for the logins, and go out with the roster', async () => {
    await reader.run(commandsOf(github, 'Exported grades'), { LAUNCH_ID: await launchOf('export') });
    // Whom the roster knows by address or name needs no login. Moodle shares no student numbers.
    await expect.poll(() => gradesIn('export')).toEqual({ 'amara.okafor': 70, 'camila.duarte': 83 });
    await expect.poll(() => unmatchedOf('lists-export')).toEqual(['ROSTER_UNREADABLE', 'UNKNOWN_IDENTITY']);
    const printed = await reader.run(commandsOf(github, 'Who has which login'));
    expect(printed).toMatch(/3/);
    await expect.poll(() => gradesIn('export')).toMatchObject({ 'benjamin.weiss': 100 });
    expect(await unmatchedOf('lists-export')).toEqual(['UNKNOWN_IDENTITY']);
  });

  it('the step of the workflow is the one of the example, and posts a grade', async () => {
    const secret = await addSource(github, 'A step of the workflow', 'workflow', 'GRADEWIRE_WEBHOOK_SECRET');
    const { runner_results: results } = await sample('github-classroom/runner-results.json');
    const url = `${room.gradewire.url}/v1/webhooks/linked-lists`;
    const [started, send] = workflowSteps();
    expect(parse(readText(github).match(/```yaml\n([\s\S]*?)```/)![1]!)).toEqual([send]);

    await using folder = await temporaryFolder();
    const output = join(folder.path, 'output');
    await reader.run(started!.run, { GITHUB_OUTPUT: output });
    const at = /^at=(.+)$/m.exec(await readFile(output, 'utf8'))![1]!;
    const context: Record<string, string> = {
      'vars.GRADEWIRE_WEBHOOK_URL': url,
      'secrets.GRADEWIRE_WEBHOOK_SECRET': secret,
      'github.actor': 'Amara-Okafor',
      'github.repository': 'springfield-cs/linked-lists-amara-okafor',
      'steps.start.outputs.at': at,
      'steps.insert.outputs.result': results.insert,
      'steps.remove.outputs.result': results.remove,
    };
    const env = Object.entries(send!.env!).map(([name, text]) => [name, filledIn(text, context)]);
    await reader.run(send!.run, Object.fromEntries(env));
    await expect.poll(() => gradesIn('workflow')).toEqual({ 'amara.okafor': 50 });
  });

  it('a check run as GitHub sends it counts once, whoever else’s does not', async () => {
    const secret = await addSource(github, "GitHub's own webhook", 'hook', 'GITHUB_WEBHOOK_SECRET');
    const checkRun = await readFile(join(root, 'examples/github-classroom/check_run.json'));
    const id = randomUUID();
    const first = await postAsGithub(secret, 'check_run', checkRun, id);
    const again = await postAsGithub(secret, 'check_run', checkRun, id);
    expect([first.status, again.status]).toEqual([202, 202]);
    const { deliveryId } = (await first.json()) as { deliveryId: string };
    expect(await again.json()).toEqual({ deliveryId, status: 'duplicate' });
    const other = Buffer.from(checkRun.toString().replaceAll('linked-lists-amara', 'hash-tables-amara'));
    expect((await postAsGithub(secret, 'check_run', other)).status).toBe(202);
    const ping = await readFile(join(root, 'examples/github-classroom/ping.json'));
    expect((await postAsGithub(secret, 'ping', ping)).status).toBe(202);
    expect((await postAsGithub('another secret altogether', 'ping', ping)).status).toBe(401);
    await expect.poll(() => gradesIn('hook')).toEqual({ 'amara.okafor': 70 });
    const { data } = await room.gradewire.client.scores.list({
      platformId,
      userId: userOf('amara.okafor@students.example.edu'),
    });
    expect(
      data.filter(({ scoreGiven, scoreMaximum }) => scoreGiven === 35 && scoreMaximum === 50),
    ).toHaveLength(2);
    expect(await unmatchedOf('lists-checks')).toEqual([]);
  });

  const postAsGithub = (secret: string, event: string, body: Buffer, id: string = randomUUID()) =>
    fetch(`${room.gradewire.url}/v1/webhooks/lists-checks`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'GitHub-Hookshot/044aadd',
        'x-github-event': event,
        'x-github-delivery': id,
        'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      },
      body: new Uint8Array(body),
    });
});

/** Runs the commands of a section that make a source, and tells the secret that they made. */
async function addSource(of: string, heading: string, title: string, variable: string): Promise<string> {
  const script = `${commandsOf(of, heading)}\nprintf '\\nsecret:%s' "$${variable}"`;
  const printed = await reader.run(script, { LAUNCH_ID: await launchOf(title) });
  return printed.split('secret:').at(-1)!;
}

interface Step {
  id?: string;
  name?: string;
  run: string;
  env?: Record<string, string>;
}

function workflowSteps(): [Step | undefined, Step | undefined] {
  const workflow = parse(readText('examples/github-classroom/autograding.yml')) as {
    jobs: Record<string, { steps: Step[] }>;
  };
  const { steps } = Object.values(workflow.jobs)[0]!;
  return [steps.find(({ id }) => id === 'start'), steps.at(-1)];
}

/** What Actions does with `${{ }}`. A name that is not known here is a mistake of the workflow. */
function filledIn(text: string, context: Record<string, string>): string {
  return text.replaceAll(/\$\{\{ ([\w.]+) \}\}/g, (_, name: string) => {
    if (context[name] === undefined) throw new Error(`nothing gives ${name}`);
    return context[name];
  });
}

// biome-ignore lint/suspicious/noExplicitAny: samples of other people's shapes
const sample = async (path: string): Promise<any> =>
  JSON.parse(await readFile(join(root, 'examples', path), 'utf8'));

async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'gradewire-grader-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
