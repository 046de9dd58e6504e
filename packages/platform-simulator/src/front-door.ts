import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FaultAction } from './faults/fault.ts';
import { faultReply } from './faults/fault-reply.ts';
import { createThrottle, type Throttle } from './faults/throttle.ts';
import { cut, readBody, writeHuge, writeReply, writeTruncated } from './http/exchange.ts';
import { json, type Reply, webPage } from './http/reply.ts';
import type { Platform } from './platform.ts';
import { createRoutes, type MatchRoute } from './services/routes.ts';
import { beginVisit, subjectOf, type Visit } from './visit.ts';

/** A visit with the connection it came by. `end` notes the status the tool gets; only its first call counts. */
interface Call extends Visit {
  response: ServerResponse;
  end: (status: number) => void;
}

/** Where the tool's requests come in: reads them, lets faults and the throttle have their say, writes or spoils the answer. */
export class FrontDoor {
  readonly #platform: Platform;
  readonly #match: MatchRoute;
  readonly #throttle: Throttle | undefined;
  readonly #open = new Set<ServerResponse>();
  #downUntil = Number.NEGATIVE_INFINITY;
  #date = { second: Number.NaN, text: '' };

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#match = createRoutes(platform.profile, platform.urls);
    const { throttle } = platform.options;
    this.#throttle = throttle && createThrottle(throttle);
  }

  get isDown(): boolean {
    return this.#clock() < this.#downUntil;
  }

  /** Cuts what is under way and everything that comes, for so long or until `up`. */
  down(forMs = Number.POSITIVE_INFINITY): void {
    this.#downUntil = this.#clock() + forMs;
    for (const response of this.#open) cut(response);
  }

  up(): void {
    this.#downUntil = Number.NEGATIVE_INFINITY;
  }

  /** @param elsewhere it came to the other host, where the profile has one */
  async handle(request: IncomingMessage, response: ServerResponse, elsewhere = false): Promise<void> {
    if (this.isDown) {
      cut(response);
      return;
    }
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
    const started = performance.now();
    let body: string;
    try {
      body = await readBody(request);
    } catch (error) {
      const tooLong = error instanceof RangeError;
      if (tooLong)
        writeReply(response, webPage(413, 'Too large', error.message), this.#dateOf(this.#clock()));
      else response.destroy();
      return;
    }
    if (response.destroyed) return;
    const { journal } = this.#platform;
    const match: MatchRoute = (path) => this.#match(path, elsewhere);
    const visit = beginVisit(request, body, this.#platform.now(), match, (entry) => journal.begin(entry));
    let ended = false;
    const end = (status: number): void => {
      if (ended) return;
      ended = true;
      journal.end(visit.entry, status, Math.round((performance.now() - started) * 10) / 10);
    };
    response.once('close', () => end(0));
    try {
      await this.#answer({ ...visit, response, end });
    } catch (error) {
      if (!this.#platform.closing) throw error;
    }
  }

  async #answer(call: Call): Promise<void> {
    const { entry, response } = call;
    const platform = this.#platform;
    const subject = subjectOf(call);
    const plan = subject && platform.faults.plan(subject, this.#clock());
    if (plan) {
      entry.fault = plan.faultIds.join(' ');
      call.now += plan.skewMs;
      if (plan.revokeTokens) platform.tokens.revokeAll();
      if (plan.delayMs > 0 && !plan.delayAfter) await platform.wait(plan.delayMs);
    }
    const action = plan?.answer;
    const reply = !action || applies(action, call) ? await this.#admit(call) : undefined;
    if (plan?.delayAfter) await platform.wait(plan.delayMs);
    if (response.destroyed) return;
    if (action) this.#spoil(action, reply, call);
    else if (reply) this.#send(reply, call);
  }

  /** Has a request carried out, if the throttle lets it in. */
  async #admit(call: Call): Promise<Reply> {
    const throttle = this.#throttle;
    if (!throttle) return this.#platform.carryOut(call);
    if (!throttle.reserve(this.#clock())) {
      call.entry.problem = 'throttled';
      return this.#platform.profile.throttled(call.now);
    }
    try {
      return await this.#platform.carryOut(call);
    } finally {
      throttle.release(this.#clock());
    }
  }

  #send(reply: Reply, { response, end, now }: Call): void {
    // Before it is written: the tool may have its answer, and act on it, before we run again.
    end(reply.status);
    writeReply(response, reply, this.#dateOf(now), this.#throttle?.headers(this.#clock()));
  }

  #spoil(action: FaultAction, reply: Reply | undefined, call: Call): void {
    const { entry, response, now } = call;
    entry.problem ??= `fault:${action.kind}`;
    switch (action.kind) {
      case 'hang':
        break;
      case 'drop':
        cut(response);
        break;
      case 'down':
        this.down(action.ms);
        break;
      case 'truncate':
        writeTruncated(response, reply ?? json(200, { answer: 'cut' }), this.#dateOf(now));
        break;
      case 'huge':
        writeHuge(response, action.bytes ?? 64 * 1024 * 1024, this.#dateOf(now));
        break;
      default:
        this.#send(faultReply(action, this.#platform.profile, call.now), call);
    }
  }

  #dateOf(now: number): string {
    const second = Math.floor(now / 1000);
    if (second !== this.#date.second) this.#date = { second, text: new Date(now).toUTCString() };
    return this.#date.text;
  }

  /** Time that passes whatever the platform's own clock shows. */
  #clock(): number {
    return this.#platform.options.now();
  }
}

/** Half of the normal answer needs one, and reading changes nothing. */
function applies(action: FaultAction, { facts, route }: Visit): boolean {
  if ('apply' in action && action.apply === true) return true;
  return action.kind === 'truncate' && (facts.method === 'GET' || route?.endpoint === 'token');
}
