import { setTimeout as sleep } from 'node:timers/promises';
import type { JWK } from 'jose';
import { FaultBook } from './faults/fault-book.ts';
import { json, type Reply } from './http/reply.ts';
import { Journal, type RequestEntry } from './journal.ts';
import type { Profile, ServiceRequest, ThrottleRules } from './profiles/profile.ts';
import { Refused } from './profiles/refusals.ts';
import { openidConfiguration } from './services/configuration.ts';
import { PlatformKey } from './services/launch.ts';
import { answerLineItem, answerLineItems } from './services/line-items.ts';
import { answerMemberships } from './services/memberships.ts';
import { answerResults } from './services/results.ts';
import { type Prepared, prepareScore } from './services/scores.ts';
import type { PlatformUrls } from './services/urls.ts';
import { authorize } from './token/authorize.ts';
import { fetchKeySet, KeySetCache } from './token/key-set.ts';
import type { ToolRegistration } from './token/registration.ts';
import { TokenBook } from './token/token-book.ts';
import { answerTokenRequest } from './token/token-endpoint.ts';
import type { Visit } from './visit.ts';
import type { World } from './world/world.ts';

export interface PlatformOptions {
  profile: Profile;
  world: World;
  urls: PlatformUrls;
  tool: ToolRegistration;
  now: () => number;
  random: () => number;
  latencyMs: number;
  tokenLifetimeSeconds: number;
  throttle?: ThrottleRules;
  requestLogSize: number;
}

/** A platform's parts, and what it does with a request that reaches them. Connections are the front door's business. */
export class Platform {
  readonly options: PlatformOptions;
  readonly profile: Profile;
  readonly world: World;
  readonly urls: PlatformUrls;
  readonly tokens = new TokenBook();
  readonly key = new PlatformKey();
  readonly journal: Journal;
  readonly faults: FaultBook;
  tool: ToolRegistration;
  latencyMs: number;
  skewMs = 0;
  readonly #keySets: KeySetCache;
  readonly #seenJtis = new Map<string, number>();
  readonly #closing = new AbortController();

  constructor(options: PlatformOptions) {
    this.options = options;
    this.profile = options.profile;
    this.world = options.world;
    this.urls = options.urls;
    this.tool = options.tool;
    this.latencyMs = options.latencyMs;
    this.journal = new Journal(options.requestLogSize);
    this.faults = new FaultBook(options.random);
    this.#keySets = new KeySetCache((url, timeoutMs) => this.#fetchKeySet(url, timeoutMs), options.now);
  }

  /** The platform's clock, in ms. */
  now(): number {
    return this.options.now() + this.skewMs;
  }

  get closing(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Ends every wait; what waited is not carried out. */
  close(): void {
    this.#closing.abort();
  }

  /** Waits even when the tool has hung up: platforms do not notice. Rejects once the platform closes. */
  wait(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#closing.signal });
  }

  /** Does what a request asks for and answers as the profile has it. */
  async carryOut(visit: Visit): Promise<Reply> {
    const { route, facts, now, entry } = visit;
    if (!route) {
      entry.problem = 'noRoute';
      return this.profile.refuse('noRoute', { request: facts });
    }
    switch (route.endpoint) {
      case 'token':
        return this.#token(visit);
      case 'jwks':
        return json(200, await this.key.publicJwks());
      case 'configuration':
        return json(200, openidConfiguration(this.profile, this.urls));
      default:
        return this.#service(
          {
            ...facts,
            endpoint: route.endpoint,
            query: new URLSearchParams(facts.url.slice(facts.path.length)),
            ...(route.binding === undefined ? {} : { binding: route.binding }),
            ...(route.userId === undefined ? {} : { userId: route.userId }),
            now,
          },
          entry,
        );
    }
  }

  async #token({ facts, now, entry }: Visit): Promise<Reply> {
    const answer = await answerTokenRequest(
      {
        profile: this.profile,
        tokenUrl: this.urls.token,
        tool: () => this.tool,
        keySets: this.#keySets,
        tokens: this.tokens,
        seenJtis: this.#seenJtis,
        tokenLifetimeSeconds: this.options.tokenLifetimeSeconds,
      },
      { method: facts.method, contentType: facts.headers['content-type'], body: facts.body, now },
    );
    const { counters } = this.journal;
    if (answer.issued) counters.tokensIssued += 1;
    else counters.tokensRefused += 1;
    if (answer.problem !== undefined) entry.problem = answer.problem;
    return answer.reply;
  }

  async #service(request: ServiceRequest, entry: RequestEntry): Promise<Reply> {
    const { counters } = this.journal;
    try {
      // A platform that is not atomic looks first and writes after its work; all others look when they write.
      const early = this.profile.scores.atomic ? undefined : this.#prepare(request);
      if (this.latencyMs > 0) await this.wait(this.latencyMs);
      const reply = (early ?? this.#prepare(request)).commit();
      if (request.endpoint === 'lineItems' && request.method === 'POST') counters.lineItemsCreated += 1;
      return reply;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      entry.problem = error.refusal;
      if (request.endpoint === 'scores') counters.scoresRefused += 1;
      return this.profile.refuse(error.refusal, { ...error.facts, request });
    }
  }

  #prepare(request: ServiceRequest): Prepared {
    this.profile.negotiate(request);
    authorize(this.profile, this.tool, this.tokens, request);
    this.profile.admit?.(request, this.tool.deploymentId, this.world);
    switch (request.endpoint) {
      case 'scores':
        return prepareScore(this, request, this.journal.counters);
      case 'lineItems':
        return { commit: () => answerLineItems(this, request) };
      case 'lineItem':
        return { commit: () => answerLineItem(this, request) };
      case 'results':
        return { commit: () => answerResults(this, request) };
      case 'memberships':
        return { commit: () => answerMemberships(this, request) };
    }
  }

  async #fetchKeySet(url: string, timeoutMs: number): Promise<JWK[]> {
    this.journal.counters.jwksFetches += 1;
    const plan = this.faults.plan({ endpoint: 'jwksFetch', method: 'GET' }, this.options.now());
    if (plan && plan.delayMs > 0) await this.wait(plan.delayMs);
    if (plan?.answer?.kind === 'hang') await this.wait(timeoutMs);
    if (plan?.answer) throw new Error('the key set could not be read');
    return fetchKeySet(url, timeoutMs);
  }
}
