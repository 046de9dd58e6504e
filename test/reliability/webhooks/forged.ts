import { Agent, request } from 'node:http';
import type { WebhookSourceInput } from '@gradewire/sdk';
import { openClassroom, platformId } from '../../support/classroom.ts';
import { eachAtOnce } from '../../support/schools.ts';
import { keysOf, openStore } from '../../support/store.ts';
import { newSecret } from '../../support/webhook-proof.ts';
import type { Attack, AttackContext, Finding } from '../attack.ts';
import { type Random, seededRandom } from '../random.ts';
import { forgeries, goodRequest, type KnownSource, type WebhookRequest } from './forgeries.ts';

const nobody = 'no-such-source';
const atOnce = 16;

const kinds: readonly Pick<KnownSource, 'sourceId' | 'scheme' | 'signature'>[] = [
  { sourceId: 'signing', scheme: 'standard' },
  { sourceId: 'signing-too', scheme: 'standard' },
  { sourceId: 'github', scheme: 'github' },
  { sourceId: 'hex', scheme: 'hmac-sha256' },
  {
    sourceId: 'base64',
    scheme: 'hmac-sha256',
    signature: { header: 'x-mac', encoding: 'base64', prefix: 'mac=' },
  },
  { sourceId: 'token', scheme: 'bearer' },
  { sourceId: 'token-too', scheme: 'bearer' },
  { sourceId: 'mapped', scheme: 'github' },
];

/** As long as they are in practice. */
const mapping = `[] /* ${'x'.repeat(1_000)} */`;

interface Answer {
  status: number;
  /** Status line, headers but the date, and body, byte for byte. */
  raw: string;
  ms: number;
}

function send(agent: Agent, url: string, { sourceId, headers, body }: WebhookRequest): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const began = performance.now();
  const sending = request(
    `${url}/v1/webhooks/${sourceId}`,
    {
      method: 'POST',
      agent,
      headers: {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        ...headers,
      },
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const ms = performance.now() - began;
        const { statusCode = 0, statusMessage, rawHeaders } = response;
        const lines = rawHeaders.filter((_, i) => rawHeaders[i - (i % 2)] !== 'Date');
        resolve({
          status: statusCode,
          raw: [statusCode, statusMessage, ...lines, Buffer.concat(chunks)].join('\n'),
          ms,
        });
      });
    },
  );
  sending.once('error', reject);
  sending.end(body);
  return promise;
}

function bodyOf(number: number, bytes = 0): string {
  const score = {
    userId: 'somebody',
    scoreGiven: number % 101,
    scoreMaximum: 100,
    comment: 'x'.repeat(bytes),
  };
  return JSON.stringify({ data: score, number });
}

/** Requests that are to be refused, each with the name of what is wrong with it, as many of each kind. */
function* forged(
  sources: readonly KnownSource[],
  random: Random,
): Generator<{ name: string; sent: WebhookRequest }> {
  for (let number = 0; ; number += 1) {
    for (const source of sources) {
      const good = goodRequest(source, bodyOf(number));
      const others = sources.filter(({ sourceId }) => sourceId !== source.sourceId);
      const loot = {
        other: goodRequest(random.pick(others), bodyOf(number + 1)),
        sameSource: goodRequest(source, bodyOf(number + 1)),
        random,
      };
      for (const [name, forgery] of Object.entries(forgeries)) {
        const sent = forgery(good, loot);
        if (sent) yield { name, sent };
      }
      yield { name: 'no such source', sent: { ...good, sourceId: nobody } };
    }
  }
}

const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)]!;

/** How far the median of so many is likely to be off: 1.25 standard deviations, told from the middle half, by their root. */
function errorOfMedian(sorted: readonly number[]): number {
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]!;
  return (1.25 * ((at(0.75) - at(0.25)) / 1.35)) / Math.sqrt(sorted.length);
}

/**
 * How long the same refusals take at sources that are there and at one that is not, in turns, one request at a time.
 * @returns medians, ms, and which are further from that of no source than chance explains
 */
async function compareTimes(
  url: string,
  sources: readonly KnownSource[],
  random: Random,
  { rounds, bytes, share }: { rounds: number; bytes: number; share: number },
): Promise<{ words: string; differ: string[] }> {
  using agent = disposable(new Agent({ keepAlive: true, maxSockets: 1 }));
  const wrong = sources.map((source) => ({ ...source, secret: newSecret(source.scheme) }));
  const times = new Map<string, number[]>(
    [nobody, ...sources.map(({ sourceId }) => sourceId)].map((id) => [id, []]),
  );
  for (let round = 0; round < rounds; round += 1) {
    const requests = wrong.map((source) => goodRequest(source, bodyOf(round, bytes)));
    const toNobody = { ...random.pick(requests), sourceId: nobody };
    for (const sent of random.shuffle<WebhookRequest>([toNobody, ...requests])) {
      times.get(sent.sourceId)!.push((await send(agent, url, sent)).ms);
    }
  }
  for (const list of times.values()) list.sort((a, b) => a - b);
  const of = times.get(nobody)!;
  const known = sources.map(({ sourceId }) => ({ sourceId, list: times.get(sourceId)! }));
  const differ = known.flatMap(({ sourceId, list }) => {
    const apart = Math.abs(median(list) - median(of));
    const noise = 4 * Math.hypot(errorOfMedian(list), errorOfMedian(of));
    const bearable = Math.max(noise, share * median(of));
    const words = `refusals of ${sourceId} take ${micro(median(list))} µs and those of no source ${micro(median(of))} µs`;
    return apart > bearable ? [`${words}: ${micro(apart)} µs apart, noise is ${micro(noise)} µs`] : [];
  });
  const medians = known.map(({ list }) => median(list)).sort((a, b) => a - b);
  const words = `${micro(median(of))} µs where there is no source, ${micro(medians[0]!)} to ${micro(medians.at(-1)!)} µs where there is one`;
  return { words, differ };
}

const micro = (ms: number): number => Math.round(ms * 1_000);

function disposable(agent: Agent): Agent & Disposable {
  return Object.assign(agent, { [Symbol.dispose]: () => agent.destroy() });
}

async function run({ long, seed, say }: AttackContext): Promise<Finding> {
  const random = seededRandom(seed);
  const count = long ? 10_000 : 300;
  await using room = await openClassroom({
    simulator: { profile: 'generic', courses: [{ students: 1 }] },
    gradewire: { deliveries: 0, env: { GRADEWIRE_LOG_LEVEL: 'error' } },
  });
  const { client, url, metrics } = room.gradewire;
  const target = { lineItemUrl: room.simulator.addLineItem(room.course.id, { label: 'Quiz' }) };
  const sources = kinds.map((kind) => ({
    ...kind,
    secret: newSecret(kind.scheme),
    formerSecret: newSecret(kind.scheme),
  }));
  for (const { sourceId, scheme, secret, formerSecret, signature } of sources) {
    const source: WebhookSourceInput = {
      platformId,
      scheme,
      ...(sourceId === 'mapped' ? { adapter: 'custom', mapping } : { adapter: 'gradewire' }),
      target,
      ...(signature && { signature }),
    };
    await client.webhookSources.put(sourceId, { ...source, secrets: [formerSecret, secret] });
    await client.webhookSources.put(sourceId, { ...source, secrets: [secret] });
  }
  using agent = disposable(new Agent({ keepAlive: true, maxSockets: atOnce }));

  const unknown = await send(agent, url, { ...goodRequest(sources[0]!, bodyOf(0)), sourceId: nobody });
  const broken: string[] = unknown.status === 401 ? [] : [`an unknown source is answered ${unknown.status}`];
  const all = forged(sources, random);
  const bad = Array.from({ length: count }, () => all.next().value!);
  const good = Array.from({ length: Math.ceil(count / 10) }, (_, i) =>
    goodRequest(random.pick(sources), bodyOf(i)),
  );
  const tried = new Set(bad.map(({ name }) => name));
  for (const name of Object.keys(forgeries)) if (!tried.has(name)) broken.push(`nobody tried ${name}`);
  const requests = random.shuffle<{ name?: string; sent: WebhookRequest }>([
    ...bad,
    ...good.map((sent) => ({ sent })),
  ]);
  let [taken, refused, otherwise] = [0, 0, 0];
  await eachAtOnce(requests, atOnce, async ({ name, sent }) => {
    const answer = await send(agent, url, sent);
    const where = `${name ?? 'a good one'} of ${sent.sourceId}`;
    if (answer.status === 202) taken += 1;
    if (answer.status === 401) refused += 1;
    if ((answer.status === 202) !== (name === undefined))
      broken.push(`${where} was answered ${answer.status}`);
    if (name !== undefined && answer.raw !== unknown.raw) {
      otherwise += 1;
      broken.push(`${where} was refused in other words: ${answer.raw}`);
    }
  });
  say(`${taken} taken, ${refused} refused`);
  await using store = openStore(room.redis.url);
  const kept = await keysOf(store.redis, `gw:{${platformId}}:webhook:`);
  if (kept.length !== good.length) broken.push(`${kept.length} webhooks are kept, ${good.length} were good`);
  const counted = /^gradewire_webhooks_received_total\{[^}]*outcome="accepted"[^}]*\} (\d+)$/m.exec(
    await metrics('ingest'),
  )?.[1];
  if (Number(counted) !== good.length) broken.push(`${counted} are counted as accepted`);

  // On a machine that others use as well only the long form is about so little time.
  const share = long ? 0.05 : 0.5;
  const small = await compareTimes(url, sources, random, { rounds: long ? 2_000 : 60, bytes: 0, share });
  const large = await compareTimes(url, sources, random, { rounds: long ? 500 : 20, bytes: 200_000, share });
  say(`small: ${small.words}; large: ${large.words}`);
  broken.push(...small.differ, ...large.differ);
  return {
    figure: `${count.toLocaleString('en')} forged in ${tried.size} ways among ${good.length.toLocaleString('en')} good ones: ${taken - good.length} taken, ${otherwise} refused in other words; median refusal ${small.words}, with 200 kB ${large.words}`,
    broken,
  };
}

export const webhooksForged: Attack = {
  name: 'webhooks-forged',
  promise:
    'Nothing is taken that its source did not sign, and a refusal does not tell whether there is such a source',
  how: 'wrong, former, truncated, swapped and re-encoded proofs, old ones, bodies written anew, and what other sources were sent, among good ones, to sources of all four schemes; answers compared byte by byte, and their times, with those of a source that there is not',
  run,
};
