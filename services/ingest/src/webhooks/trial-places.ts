import { Problem } from '../http/problem.ts';

const MOST_OF_ONE = 4;

/**
 * How many requests of one platform try something out at once: samples of webhooks, and mappings. Webhooks themselves wait their
 * turn; of requests there can be any number, and each may keep a mapper from all others for a second.
 */
export class TrialPlaces {
  readonly #taken = new Map<string, number>();

  /** Does the work in a place of the platform. @throws Problem `RATE_LIMITED` when none is free */
  async within<T>(platformId: string, work: () => Promise<T>): Promise<T> {
    const taken = this.#taken.get(platformId) ?? 0;
    if (taken >= MOST_OF_ONE) throw tooMany();
    this.#taken.set(platformId, taken + 1);
    try {
      return await work();
    } finally {
      const others = this.#taken.get(platformId)! - 1;
      if (others === 0) this.#taken.delete(platformId);
      else this.#taken.set(platformId, others);
    }
  }
}

function tooMany(): Problem {
  return new Problem('RATE_LIMITED', {
    detail: `${MOST_OF_ONE} samples or mappings of this platform are being tried already.`,
    hint: 'Wait until they are answered, then send it again.',
    retryAfterSeconds: 1,
  });
}
