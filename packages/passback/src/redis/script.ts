import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A Lua script, sent by its hash; Redis gets the text only when it does not know it (after a restart or a fail-over). */
export class Script {
  readonly #text: string;
  readonly #hash: string;

  constructor(text: string) {
    this.#text = text;
    this.#hash = createHash('sha1').update(text).digest('hex');
  }

  async run(redis: Redis, key: string, args: ReadonlyArray<string | number>): Promise<unknown> {
    try {
      // Handed over as a list: more than a hundred thousand arguments would not fit the stack.
      return await redis.call('evalsha', [this.#hash, 1, key, ...args]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return await redis.call('eval', [this.#text, 1, key, ...args]);
    }
  }
}
