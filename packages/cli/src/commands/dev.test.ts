import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '@gradewire/local-redis/testing';
import type { Page, Score } from '@gradewire/sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DevReady, startDev } from '../testing/dev-process.ts';
import { processesMentioning } from '../testing/processes.ts';

const shell = async (line: string): Promise<unknown> =>
  JSON.parse((await promisify(execFile)('/bin/sh', ['-c', line])).stdout);

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradewire-dev-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The sandbox's grades of its first column, by student. */
async function projectGrades({ urls, example }: DevReady): Promise<Record<string, number | null>> {
  const state = (await (await fetch(`${urls.sandbox}/_sim/state`)).json()) as {
    lineItems: { url: string; users: Record<string, { score: number | null }> }[];
  };
  const users = state.lineItems.find(({ url }) => url === example.lineItemUrl)?.users ?? {};
  return Object.fromEntries(Object.entries(users).map(([userId, { score }]) => [userId, score]));
}

test('the class arrives, the curl lines work, a second start keeps it all, and nothing is left running', async () => {
  const port = await findFreePort();
  let grades: Record<string, number | null> = {};
  {
    await using first = await startDev(folder, port);
    const ready = await first.ready;
    expect(ready.outcomes.map(({ status }) => status)).toEqual(Array(60).fill('delivered'));
    expect(await projectGrades(ready)).toMatchObject({
      'student-01': 100,
      'student-07': 0,
      'student-16': 105,
    });
    expect(ready.publicKeyPem).toContain('BEGIN PUBLIC KEY');
    expect(ready.jwks.keys).toHaveLength(1);

    const { id } = (await shell(ready.curl.post)) as { id: string };
    await expect
      .poll(async () => ((await shell(ready.curl.read)) as Page<Score>).data[0])
      .toMatchObject({ id, status: 'delivered', scoreGiven: 97.5 });
    grades = await projectGrades(ready);
    expect(grades['student-01']).toBe(97.5);

    const second = await startDev(folder, await findFreePort());
    const refused = await second.end();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      `gradewire dev runs already: process ${first.process.pid}, API on port ${port}`,
    );

    expect((await first.end('SIGTERM')).code).toBe(0);
    expect(await processesMentioning(folder)).toEqual([]);
  }
  await using again = await startDev(folder, port);
  const ready = await again.ready;
  expect(await projectGrades(ready)).toEqual(grades);
  const overtaken = ready.outcomes.filter(({ status }) => status !== 'delivered');
  expect(overtaken).toMatchObject([{ userId: 'student-01', status: 'superseded', reason: 'NEWER_SCORE' }]);
  const log = (await (
    await fetch(`${ready.urls.sandbox}/_sim/requests?endpoint=scores`)
  ).json()) as unknown[];
  expect(log).toEqual([]);
}, 240_000);

test('when a part dies, it is named with its last words, and the rest is stopped', async () => {
  await using dev = await startDev(folder, await findFreePort());
  await dev.ready;
  const [delivery] = (await processesMentioning(folder)).filter(({ commandLine }) =>
    commandLine.includes('services/delivery'),
  );
  expect(delivery).toBeDefined();
  if (delivery) process.kill(delivery.pid, 'SIGKILL');
  const { code, stderr } = await dev.end();
  expect(code).toBe(1);
  expect(stderr).toContain('delivery ended by SIGKILL');
  expect(stderr).toContain('Its last lines:');
  expect(await processesMentioning(folder)).toEqual([]);
}, 240_000);

test('kill -9 leaves nothing behind either', async () => {
  const dev = await startDev(folder, await findFreePort());
  await dev.ready;
  await dev.end('SIGKILL');
  await expect.poll(() => processesMentioning(folder)).toEqual([]);
});

test('a busy port is named', async () => {
  const port = await findFreePort();
  const occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(port, '127.0.0.1', resolve));
  const { code, stderr } = await (await startDev(folder, port)).end();
  occupant.close();
  expect(code).toBe(1);
  expect(stderr).toContain(`port ${port} is in use`);
});
