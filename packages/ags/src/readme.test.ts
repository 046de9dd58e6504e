import { readFile } from 'node:fs/promises';
import { generateKeyPair } from 'jose';
import { expect, it } from 'vitest';
import * as ags from './index.ts';
import { bodyOf, httpServer } from './testing/local-server.ts';

it('the example of the README runs', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n(.*?)```/s
    .exec(readme)?.[1]
    ?.replace(/import (\{.*?\}) from '@gradewire\/ags';/s, 'const $1 = ags;');
  const posted: unknown[] = [];
  await using server = await httpServer(async (request, reply) => {
    const body = await bodyOf(request);
    if (request.url === '/token') return reply.end('{"access_token":"abc","expires_in":60}');
    posted.push([request.url, request.headers.authorization, JSON.parse(body).scoreGiven]);
    return reply.end();
  });
  const lines: unknown[][] = [];
  const values = {
    ags,
    allowPrivateNetworks: true,
    clientId: 'client',
    key: { kid: 'k', privateKey: (await generateKeyPair('RS256')).privateKey },
    tokenUrl: `${server.url}/token`,
    lineItemUrl: `${server.url}/item?type_id=7`,
    console: { log: (...words: unknown[]) => lines.push(words) },
  };

  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  await new AsyncFunction(...Object.keys(values), code)(...Object.values(values));

  expect(posted).toEqual([['/item/scores?type_id=7', 'Bearer abc', 87.5]]);
  expect(lines).toEqual([[200, 'OK']]);
});
