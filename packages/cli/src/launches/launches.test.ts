import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CLAIM, type ImportedLaunches } from './imported-launch.ts';
import { readLaunchFiles } from './read-launch-files.ts';

const examples = fileURLToPath(new URL('../../../../examples/launches/', import.meta.url));
const canvas = 'https://springfield.instructure.com/api/lti/courses/17/line_items';
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradewire-launches-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, value: unknown): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
}
const read = (files: string[], options: Parameters<typeof readLaunchFiles>[1] = {}) =>
  readLaunchFiles(files, options);
const columnsOf = ({ launches }: ImportedLaunches) =>
  launches.map(({ claims }) => (claims[CLAIM.grades] as { lineitem?: string } | undefined)?.lineitem);
const messagesOf = ({ problems }: ImportedLaunches) => problems.map(({ message }) => message);

test('the ltijs example: a launch for each link, whoever opened it, of the platform that the id tokens tell', async () => {
  const found = await read([`${examples}ltijs/contexttokens.jsonl`, `${examples}ltijs/idtokens.jsonl`]);
  expect(found.problems).toEqual([]);
  expect(columnsOf(found)).toEqual([`${canvas}/31`, `${canvas}/32`, undefined]);
  expect(found.launches[0]?.claims).toMatchObject({
    iss: 'https://canvas.instructure.com',
    aud: '170000000000231',
    // Of the later of the two that opened it.
    iat: Date.parse('2026-11-19T08:13:12Z') / 1000,
    [CLAIM.messageType]: 'LtiResourceLinkRequest',
    [CLAIM.resourceLink]: { title: 'Lab 1: linked lists' },
  });
});

test('the PyLTI1p3 example: launches out of a whole session', async () => {
  const found = await read([`${examples}pylti1p3/session.json`]);
  expect(found.problems).toEqual([]);
  expect(found.launches.map(({ claims }) => [claims.aud, claims[CLAIM.resourceLink]])).toEqual([
    ['Yq3kV0pZ8nUcT1b', expect.objectContaining({ id: '31' })],
    ['Yq3kV0pZ8nUcT1b', expect.objectContaining({ id: '33' })],
  ]);
});

test('the CSV example: links, and a course', async () => {
  const found = await read([`${examples}courses.csv`]);
  expect(found.problems).toEqual([]);
  expect(found.launches.map(({ platformId, claims }) => [platformId, claims[CLAIM.resourceLink]])).toEqual([
    ['moodle', { id: '31', title: 'Lab 1: linked lists' }],
    ['moodle', { id: '33', title: 'Lab 3: graphs' }],
    ['moodle', undefined],
  ]);
});

test('nothing of a person is sent', async () => {
  const found = await read([
    `${examples}ltijs/contexttokens.jsonl`,
    `${examples}ltijs/idtokens.jsonl`,
    `${examples}pylti1p3/session.json`,
  ]);
  const sent = JSON.stringify(found.launches.map(({ claims }) => claims));
  expect(sent).not.toMatch(/ada|grace|lovelace|@|person_sourcedid|nonce|b1f0a6de/i);
});

test('context tokens of ltijs alone say of no platform, unless one is named', async () => {
  const file = `${examples}ltijs/contexttokens.jsonl`;
  const alone = await read([file]);
  expect(alone.launches).toEqual([]);
  expect(alone.problems).toHaveLength(5);
  expect(alone.problems[0]?.hint).toContain('--platform');
  const named = await read([file], { platformId: 'canvas' });
  expect(named.launches).toHaveLength(3);
  expect(named.launches[0]?.claims).not.toHaveProperty('iss');
});

test('of two deployments of which one is called like the beginning of the other, the right one is told', async () => {
  const owner = (deploymentId: string) => ({
    iss: 'https://lms.example',
    clientId: 'c',
    deploymentId,
    user: '1',
  });
  const context = {
    contextId: encodeURIComponent('https://lms.examplec12course_link_x'),
    resource: { id: 'link' },
  };
  const found = await read([await put('all.json', [owner('1'), owner('12'), owner('2'), context])]);
  expect(found.launches.map(({ claims }) => claims[CLAIM.deploymentId])).toEqual(['12']);
});

test('a token of ltijs that an app kept whole', async () => {
  const endpoint = { lineitems: 'https://lms.example/items', scope: [] };
  const token = {
    iss: 'https://lms.example',
    clientId: 'c',
    deploymentId: '1',
    user: '42',
    platformContext: {
      contextId: 'x',
      context: { id: 'course' },
      endpoint,
      createdAt: '2026-11-19T08:00:00.000Z',
    },
  };
  const found = await read([await put('token.json', token)]);
  expect(found.launches).toEqual([
    {
      source: join(folder, 'token.json'),
      claims: {
        iss: 'https://lms.example',
        aud: 'c',
        iat: 1_795_075_200,
        [CLAIM.deploymentId]: '1',
        [CLAIM.context]: { id: 'course' },
        [CLAIM.grades]: endpoint,
      },
    },
  ]);
});

const claims = {
  iss: 'https://lms.example',
  aud: 'c',
  iat: 1_795_075_200,
  [CLAIM.resourceLink]: { id: 'link' },
  [CLAIM.grades]: { lineitem: 'https://lms.example/items/1' },
};

test.each<[string, unknown]>([
  ['one launch', claims],
  ['a list', [claims]],
  ['a cache by key', { 'lti1p3-launch-1': claims, 'lti1p3-nonce-1': true }],
  ['values that are text', { 'lti1p3-launch-1': JSON.stringify(claims), other: '{"a":' }],
  ['sessions by id', { s1: { 'lti1p3-launch-1': claims }, s2: { _auth_user_id: 9 } }],
  ['one a line', `${JSON.stringify(claims)}\n\n`],
  ['a byte order mark', `\uFEFF${JSON.stringify(claims)}`],
])('PyLTI1p3 as %s', async (_, value) => {
  const found = await read([await put('data.json', value)]);
  expect(found.launches.map((launch) => launch.claims)).toEqual([claims]);
  expect(found.problems).toEqual([]);
});

test.each([
  [{ $date: '2026-11-19T08:00:00Z' }],
  [{ $date: { $numberLong: '1795075200000' } }],
  ['2026-11-19T08:00:00.000Z'],
  [1_795_075_200_000],
])('a date of MongoDB as %j', async (createdAt) => {
  const context = { contextId: 'x', resource: { id: 'link' }, createdAt };
  const found = await read([await put('c.json', context)], { platformId: 'm' });
  expect(found.launches[0]?.claims.iat).toBe(1_795_075_200);
});

test('what cannot be read is told, and the rest goes on', async () => {
  const files = [
    await put('a.json', claims),
    await put('b.json', '<html>'),
    await put('c.json', `${JSON.stringify(claims)}\nnot json\n`),
    await put('d.json', { students: [] }),
    await put('e.csv', 'contextId,teacher\n7,x\n'),
    join(folder, 'missing.json'),
  ];
  const found = await read(files);
  expect(found.launches).toHaveLength(1);
  expect(messagesOf(found)).toEqual([
    expect.stringContaining('is not JSON'),
    expect.stringContaining('neither of ltijs nor of PyLTI1p3'),
    expect.stringContaining('neither of ltijs nor of PyLTI1p3'),
    expect.stringContaining('unknown column "teacher"'),
    expect.stringContaining('ENOENT'),
  ]);
});

test('a format that is named goes before what a file looks like', async () => {
  const csv = await put('courses.txt', 'contextId,lineItemsUrl\n7,https://lms.example/items\n');
  expect((await read([csv], { format: 'csv' })).launches).toHaveLength(1);
  const wrong = await read([await put('a.json', claims)], { format: 'ltijs' });
  expect(messagesOf(wrong)).toEqual(['is no document of ltijs']);
});
