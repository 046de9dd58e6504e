import { createServer, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createClientAssertion, readTokenResponse, SCOPES, tokenRequest } from '@gradewire/ags';
import { exportJWK, generateKeyPair } from 'jose';
import { Pool } from 'undici';
import type { RunningGradewire } from '../support/gradewire.ts';
import type { SimulatorProcess } from '../support/simulator-process.ts';

export const platformId = 'bench';
export const inFlight = 64;

/** What the measurements share: the services, their platform, and the same platform for bare counterparts. */
export interface Bench {
  redisUrl: string;
  gradewire: RunningGradewire;
  platform: SimulatorProcess;
  bare: { platform: SimulatorProcess; accessToken: string };
  /** Smaller numbers, for a look rather than a figure. */
  quick: boolean;
}

/** A key set of our own for the bare platform, and a token got with it. */
export async function bareToken(
  start: (jwksUrl: string) => Promise<SimulatorProcess>,
): Promise<Bench['bare'] & { keys: Server }> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256', use: 'sig' };
  const keys = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
  const address = keys.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const platform = await start(`http://127.0.0.1:${address.port}/jwks`);
  const { tokenUrl, clientId } = platform.registration as { tokenUrl: string; clientId: string };
  const assertion = await createClientAssertion({
    clientId,
    audience: tokenUrl,
    key: { kid: 'bench', privateKey },
  });
  const scopes = [SCOPES.score];
  const request = tokenRequest({ tokenUrl, assertion, scopes });
  const response = await fetch(request.url, {
    method: request.method,
    headers: request.headers,
    body: request.body ?? null,
  });
  const reading = readTokenResponse(
    {
      kind: 'response',
      stage: 'token',
      status: response.status,
      reasonPhrase: response.statusText,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
      truncated: false,
      durationMs: 0,
    },
    scopes,
  );
  if (!reading.ok) throw new Error(`no token for the bare platform: ${reading.problem}`);
  return { platform, accessToken: reading.value.accessToken, keys };
}

/** Posts to the API over kept connections, without the SDK's own work. */
export function apiPoster(gradewire: RunningGradewire) {
  const pool = new Pool(gradewire.url, { connections: inFlight });
  const headers = { authorization: `Bearer ${gradewire.apiKey}`, 'content-type': 'application/json' };
  return {
    post: async (path: string, body: unknown): Promise<unknown> => {
      const response = await pool.request({ path, method: 'POST', headers, body: JSON.stringify(body) });
      const answer = await response.body.json();
      if (response.statusCode >= 300)
        throw new Error(`${path}: ${response.statusCode} ${JSON.stringify(answer)}`);
      return answer;
    },
    close: () => pool.close(),
  };
}

/** A score of one cell of its own: the index names student and column. */
export function scoreFor(bench: Bench, lineItemUrls: readonly string[], index: number) {
  const { students } = bench.platform.course;
  const column = Math.floor(index / students.length);
  return {
    platformId,
    userId: students[index % students.length]!.userId,
    target: { lineItemUrl: lineItemUrls[column % lineItemUrls.length]! },
    scoreGiven: index % 101,
    scoreMaximum: 100,
  };
}

/** As many new columns as give each of `count` scores a cell of its own. */
export async function columnsFor(bench: Bench, label: string, count: number): Promise<string[]> {
  const urls: string[] = [];
  const needed = Math.ceil(count / bench.platform.course.students.length);
  for (let i = 0; i < needed; i += 1) urls.push(await bench.platform.addLineItem(`${label} ${i + 1}`));
  return urls;
}

export async function untilDelivered(bench: Bench): Promise<void> {
  for (;;) {
    const lane = await bench.gradewire.client.lanes.get(platformId);
    if (lane.undelivered === 0) return;
    if (lane.dead > 0) throw new Error('a score died while it was measured');
    await delay(50);
  }
}
