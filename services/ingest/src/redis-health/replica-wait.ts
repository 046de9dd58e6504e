import { Problem } from '../http/problem.ts';

/** How long replicas get; the connection is blocked as long. */
const WAIT_MS = 1_000;

export interface ReplicaWaitOptions {
  /** ioredis' WAIT, on the connection that wrote: it covers that connection's writes only. */
  wait: (replicas: number, timeoutMs: number) => Promise<number>;
  /** 0: nothing is waited for. */
  replicas: number;
}

/**
 * Waits until enough replicas have all that this process wrote. WAIT covers every earlier write of its connection, so
 * those who ask while one is under way share the next one instead of queueing one each.
 */
export class ReplicaWait {
  readonly #wait: ReplicaWaitOptions['wait'];
  readonly #replicas: number;
  #underWay: Promise<unknown> = Promise.resolve();
  #next: Promise<number> | undefined;

  constructor({ wait, replicas }: ReplicaWaitOptions) {
    this.#wait = wait;
    this.#replicas = replicas;
  }

  /** @throws Problem `NOT_REPLICATED` when too few replicas have it in time */
  async confirm(): Promise<void> {
    if (this.#replicas === 0) return;
    this.#next ??= this.#underWay.then(() => this.#start());
    const acknowledged = await this.#next;
    if (acknowledged < this.#replicas) {
      throw new Problem('NOT_REPLICATED', {
        detail: `${acknowledged} of ${this.#replicas} replicas have it. It may be delivered nevertheless.`,
      });
    }
  }

  #start(): Promise<number> {
    this.#next = undefined;
    const waiting = this.#wait(this.#replicas, WAIT_MS);
    this.#underWay = waiting.catch(() => undefined);
    return waiting;
  }
}
