import type { Dispatcher } from 'undici';
import type { NoResponseCode, PlatformAnswer, PlatformRequest, Stage } from '../messages.ts';
import { bodyText, headersOf } from './text.ts';
import { transportFailure } from './transport-failure.ts';

export interface ExchangeLimits {
  /** From the call to the last byte of the answer, waiting for a connection included. */
  requestTimeoutMs: number;
  maxResponseBytes: number;
}

const SAID_BY_STATUS: readonly Stage[] = ['score', 'callback'];

/**
 * One request and its answer: undici's handler for it, and the promise it settles. Whether the platform can
 * have seen the request is known from `onRequestStart`, which undici calls with a connection in hand, right
 * before it writes the first byte.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<PlatformAnswer>;
  readonly #request: PlatformRequest;
  readonly #limits: ExchangeLimits;
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #giveUp = () => this.#fail('ABORTED', 'the request was given up');
  readonly #resolve: (answer: PlatformAnswer) => void;
  #settled = false;
  #sent = false;
  #controller: Dispatcher.DispatchController | undefined;
  #head: { status: number; reasonPhrase: string; headers: Record<string, string> } | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(request: PlatformRequest, limits: ExchangeLimits) {
    const { promise, resolve } = Promise.withResolvers<PlatformAnswer>();
    this.answer = promise;
    this.#resolve = resolve;
    this.#request = request;
    this.#limits = limits;
    this.#timer = setTimeout(() => this.#timeOut(), limits.requestTimeoutMs);
    if (request.signal?.aborted) this.#giveUp();
    else request.signal?.addEventListener('abort', this.#giveUp, { once: true });
  }

  get settled(): boolean {
    return this.#settled;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // A process that was stopped meanwhile and woken can have its connection before its timer fires.
    if (performance.now() - this.#startedAt >= this.#limits.requestTimeoutMs) this.#timeOut();
    // Given up while it waited for a connection: undici writes nothing after an abort here.
    if (this.#settled) {
      controller.abort(new Error('given up'));
      return;
    }
    this.#controller = controller;
    this.#sent = true;
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    reasonPhrase = '',
  ): void {
    if (status < 200) return;
    this.#head = { status, reasonPhrase, headers: headersOf(controller.rawHeaders as Buffer[]) };
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const room = this.#limits.maxResponseBytes - this.#bytes;
    // The chunk is a view of memory that undici uses again.
    this.#chunks.push(Buffer.from(chunk.subarray(0, room)));
    this.#bytes += Math.min(chunk.length, room);
    if (chunk.length > room) this.#respond(true);
  }

  onResponseEnd(): void {
    this.#respond(false);
  }

  onResponseError(_controller: unknown, error: unknown): void {
    const { code, detail } = transportFailure(error, this.#sent);
    this.#fail(code, detail);
  }

  #timeOut(): void {
    const words = `within ${this.#limits.requestTimeoutMs} ms`;
    if (this.#sent) this.#fail('TIMEOUT', `no complete answer ${words}`);
    else this.#fail('CONNECT_TIMEOUT', `no connection ${words}`);
  }

  #fail(code: NoResponseCode, detail: string): void {
    if (this.#settled) return;
    const status = this.#head?.status ?? 0;
    // A score's or a callback's 2xx says all there is to know, however its body ends. Elsewhere half an answer is none.
    if (SAID_BY_STATUS.includes(this.#request.stage) && status >= 200 && status < 300) {
      this.#respond(true);
      return;
    }
    this.#settle({
      kind: 'noResponse',
      stage: this.#request.stage,
      code,
      maybeSeen: this.#sent,
      detail,
      durationMs: this.#durationMs(),
    });
  }

  #respond(truncated: boolean): void {
    const head = this.#head;
    if (!head) return;
    const body = bodyText(this.#chunks, head.headers['content-type']);
    const durationMs = this.#durationMs();
    this.#settle({ kind: 'response', stage: this.#request.stage, ...head, body, truncated, durationMs });
    if (truncated) this.#controller?.abort(new Error('read enough'));
  }

  #settle(answer: PlatformAnswer): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#request.signal?.removeEventListener('abort', this.#giveUp);
    this.#chunks = [];
    this.#resolve(answer);
    // Closes the connection of a request that was given up; does nothing to one that has ended.
    if (answer.kind === 'noResponse') this.#controller?.abort(new Error('given up'));
  }

  #durationMs(): number {
    return Math.round(performance.now() - this.#startedAt);
  }
}
