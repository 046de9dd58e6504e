import { setTimeout as delay } from 'node:timers/promises';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { createSimulator, PROFILES, type Simulator } from '@gradewire/platform-simulator';
import { type RunningGradewire, startGradewire } from '../../support/gradewire.ts';
import { registerSchool, type School, schoolScore } from '../../support/schools.ts';
import { Ledger } from '../ledger.ts';
import { until } from '../watch.ts';

const students = 40;
const handInEveryMs = 150;

/** How a site treats its copy of our key set. */
export interface SiteOptions {
  name: string;
  keySet: 'unknownKid' | 'ageOnly';
  keySetLifeMs: number;
  schools: number;
}

/** A simulated installation that many platforms of ours are registered with. */
export interface Site {
  name: string;
  simulator: Simulator;
  schools: School[];
  ledger: Ledger;
}

/** A Redis, the services, and sites that keep copies of our key set. */
export interface Sites extends AsyncDisposable {
  redis: TestRedis;
  gradewire: RunningGradewire;
  sites: Site[];
}

export async function openSites(options: {
  sites: readonly SiteOptions[];
  tokenLifetimeSeconds: number;
  deliveries: number;
  env?: Record<string, string>;
}): Promise<Sites> {
  const redis = await startTestRedis();
  const { deliveries, tokenLifetimeSeconds, env } = options;
  const gradewire = await startGradewire({ redisUrl: redis.url, deliveries, ...(env && { env }) });
  const { generic } = PROFILES;
  const sites: Site[] = [];
  for (const { name, keySet, keySetLifeMs, schools } of options.sites) {
    const ids = Array.from({ length: schools }, (_, i) => `${name}-${i + 1}`);
    const simulator = await createSimulator({
      profile: { ...generic, token: { ...generic.token, keySet, keySetLifeMs } },
      courses: ids.map((id) => ({ id, students })),
      tool: { jwksUrl: `${gradewire.url}/.well-known/jwks.json` },
      tokenLifetimeSeconds,
      requestLogSize: 50_000,
      history: 2,
    });
    const registered: School[] = [];
    for (const id of ids)
      registered.push(await registerSchool({ gradewire, simulator }, id, { concurrency: 4 }));
    sites.push({ name, simulator, schools: registered, ledger: new Ledger() });
  }
  return {
    redis,
    gradewire,
    sites,
    [Symbol.asyncDispose]: async () => {
      await gradewire[Symbol.asyncDispose]();
      for (const { simulator } of sites) await simulator.close();
      await redis.stop();
    },
  };
}

/** Hands in a score of one student of every school, again and again, until it is stopped. */
export function handInAlways({ gradewire, sites }: Sites): { stop(): Promise<void> } {
  let stopped = false;
  let number = 0;
  const handIn = async (site: Site) => {
    const scores = site.schools.map((school) => schoolScore(school, number, number % 101));
    const { results } = await gradewire.client.batches.send(scores);
    for (const { index, id } of results) {
      if (id === undefined) throw new Error('a score of a batch was refused');
      site.ledger.note(scores[index]!, site.schools[index]!.lineItemUrl, { id });
    }
  };
  const running = (async () => {
    for (; !stopped; number += 1) {
      for (const site of sites) {
        // An ingest that is being restarted is asked until it is back.
        for (let tries = 1; ; tries += 1) {
          const refused = await handIn(site).then(
            () => undefined,
            (error: unknown) => error,
          );
          if (!refused) break;
          if (tries === 10) throw refused;
        }
      }
      await delay(handInEveryMs);
    }
  })();
  running.catch(() => undefined);
  return {
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}

/** Waits until no platform of any site has anything undelivered. */
export async function delivered({ gradewire }: Sites, timeoutMs: number): Promise<void> {
  const waiting = async () => {
    const { data } = await gradewire.client.lanes.list({ limit: 1000 });
    return data.reduce((sum, { undelivered }) => sum + undelivered, 0);
  };
  await until(
    () => 'everything is settled',
    timeoutMs,
    async () => (await waiting()) === 0,
    100,
  );
}

/** Scores that did not end delivered or superseded, and grades that are not the newest. */
export async function wrongs({ gradewire, sites }: Sites): Promise<string[]> {
  const found: string[] = [];
  for (const { ledger, simulator } of sites) {
    found.push(...(await ledger.unfinished(gradewire.client)), ...ledger.wrongGrades(simulator));
  }
  return found;
}

/** How many access tokens a site refused, and how many it gave out. */
export const tokensOf = ({ simulator }: Site): { issued: number; refused: number } => {
  const { tokensIssued, tokensRefused } = simulator.state().counters;
  return { issued: tokensIssued, refused: tokensRefused };
};

/** Has a site read our key set anew, and resolves right after: whatever is published next is not in its copy. */
export async function justCopied({ gradewire }: Sites, { name, simulator, schools }: Site): Promise<void> {
  const fetches = () => simulator.state().counters.jwksFetches;
  const before = fetches();
  // A check asks for a token of its own, so that no score notices.
  await until(
    () => `${name} reads the key set again`,
    3 * 60_000,
    async () => {
      await gradewire.client.platforms.check(schools[0]!.platformId);
      return fetches() > before;
    },
    250,
  );
}

/** Has every school of the sites ask for a new token, which takes a signature. */
export async function renewTokens({ sites }: Sites, timeoutMs: number): Promise<void> {
  const before = sites.map((site) => tokensOf(site).issued);
  for (const { simulator } of sites) simulator.revokeTokens();
  await until(
    () => 'every school has a new token',
    timeoutMs,
    () => sites.every((site, i) => tokensOf(site).issued >= before[i]! + site.schools.length),
    20,
  );
}
