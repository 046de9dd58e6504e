import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { startTestRedis } from '@gradewire/local-redis/testing';
import { createSimulator } from '@gradewire/platform-simulator';
import { expect, it } from 'vitest';
import { startGradewire } from '../support/gradewire.ts';

const run = promisify(execFile);
const readme = new URL('../../README.md', import.meta.url);

it('the curl lines of the README post a score and read it, as they stand', async () => {
  const lines = (await readFile(readme, 'utf8')).split('\n').filter((line) => line.startsWith('curl '));
  expect(lines).toHaveLength(2);

  await using redis = await startTestRedis();
  await using gradewire = await startGradewire({ redisUrl: redis.url });
  await using simulator = await createSimulator({
    profile: 'generic',
    tool: { jwksUrl: `${gradewire.url}/.well-known/jwks.json` },
    courses: [{ students: [{ userId: 'student-01' }] }],
  });
  await gradewire.client.platforms.put('sandbox', simulator.registration as never);
  const lineItemUrl = simulator.addLineItem('1', { label: 'Quiz', scoreMaximum: 100 });
  const paste = async (line: string) => {
    const env = { PATH: process.env.PATH, GRADEWIRE_API_KEY: gradewire.apiKey, LINE_ITEM_URL: lineItemUrl };
    const { stdout } = await run('sh', ['-c', line.replaceAll('http://127.0.0.1:8080', gradewire.url)], {
      env,
    });
    return JSON.parse(stdout);
  };

  const accepted = await paste(lines[0]!);
  expect(accepted).toMatchObject({ platformId: 'sandbox', id: expect.any(String) });
  await gradewire.client.scores.waitForSettlement(accepted.id, { minPollMs: 20, timeoutMs: 60_000 });
  const { data } = await paste(lines[1]!);
  expect(data).toMatchObject([{ id: accepted.id, status: 'delivered', scoreGiven: 97.5 }]);
  expect(simulator.cell(lineItemUrl, 'student-01')?.score).toBe(97.5);
});
