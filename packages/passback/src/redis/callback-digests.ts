import type { Redis } from 'ioredis';
import {
  callbackMessageId,
  cutDigest,
  DIGEST_BYTES,
  digestBody,
  fittingEvents,
} from '../callback-message.ts';
import { bodyContext, callbackKey } from './callback-keys.ts';
import { Script } from './script.ts';
import { cutDigestScript, gatheredScript } from './scripts/callback-digests.ts';
import type { SecretBox } from './secret-box.ts';

const readGathered = new Script(gatheredScript);
const cut = new Script(cutDigestScript);

/** Sealed texts are a third longer than what they hold. */
const bytesPerDigest = 2 * DIGEST_BYTES;

interface Gathered {
  nowMs: number;
  /** All that is gathered; `events` are the first of them, as many as one digest can hold. */
  count: number;
  firstAtMs?: number;
  events: { id: string; sealed: string }[];
}

/** Events that are gathered to be sent in one request. Once cut, a digest is a unit like any other and never changes. */
export class CallbackDigests {
  readonly #redis: Redis;
  readonly #box: SecretBox;
  readonly #clockShiftMs: () => number;

  constructor(options: { redis: Redis; box: SecretBox; clockShiftMs?: () => number }) {
    this.#redis = options.redis;
    this.#box = options.box;
    this.#clockShiftMs = options.clockShiftMs ?? (() => 0);
  }

  /** Makes units of what has been gathered, as far as that is time. Returns how many. */
  async cut(callbackId: string): Promise<number> {
    for (let made = 0; ; ) {
      const { nowMs, count, firstAtMs } = await this.#gathered(callbackId, 0);
      const due = cutDigest({ count, ...(firstAtMs !== undefined && { firstAtMs }) }, nowMs);
      if (!due || 'waitMs' in due) return made;
      made += await this.#cutOne(callbackId, due.events);
    }
  }

  async #cutOne(callbackId: string, most: number): Promise<number> {
    const { nowMs, events } = await this.#gathered(callbackId, most);
    const lost = events.find(({ id, sealed }) => this.#box.sealedBy(sealed, bodyContext(id)) === 'unknown');
    // By itself it waits for the right key, as any unit does.
    if (lost) return Number(await this.#run(cut, callbackId, lost.id, nowMs, lost.sealed, lost.id));
    const bodies = events.map(({ id, sealed }) => this.#box.open(sealed, bodyContext(id)));
    const fitting = fittingEvents(bodies);
    const ids = events.slice(0, fitting).map(({ id }) => id);
    const unit = callbackMessageId(nowMs, 0, `${callbackId} ${ids.join(' ')}`);
    const body = this.#box.seal(digestBody(nowMs, bodies.slice(0, fitting)), bodyContext(unit));
    // Another process may have cut them meanwhile: then there is nothing to be done.
    return Number(await this.#run(cut, callbackId, unit, nowMs, body, ...ids));
  }

  async #gathered(callbackId: string, most: number): Promise<Gathered> {
    const row = (await this.#run(readGathered, callbackId, most, bytesPerDigest)) as [
      string,
      number,
      ...string[],
    ];
    const [now, count, first, ...flat] = row;
    return {
      nowMs: Number(now),
      count,
      ...(first && { firstAtMs: Number(first) }),
      events: flat.flatMap((id, i) => (i % 2 === 0 ? [{ id, sealed: flat[i + 1]! }] : [])),
    };
  }

  #run(script: Script, ...args: (string | number)[]): Promise<unknown> {
    return script.run(this.#redis, callbackKey('registry'), [this.#clockShiftMs(), ...args]);
  }
}
