import { type CryptoKey, createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';
import type { PlatformResponse, SendRequest } from '../messages.ts';
import { isObject, readJson } from '../reading.ts';
import { MEDIA_TYPES } from '../vocabulary.ts';
import type { IdTokenProblem } from './id-token-problem.ts';

export type KeyReading = { ok: true; key: CryptoKey } | { ok: false; problem: IdTokenProblem };

interface KeySet {
  find: ReturnType<typeof createLocalJWKSet>;
  freshUntilMs: number;
}

/** What is known of one URL. A failed reading leaves the keys of the one before. */
interface Known {
  set?: KeySet;
  failure?: string;
  readAtMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** How long keys are good for where the platform does not say, and the bounds where it does. */
const UNSAID_LIFE_MS = 10 * MINUTE;
const LEAST_LIFE_MS = MINUTE;
const LONGEST_LIFE_MS = 24 * HOUR;
/** How long they may be used beyond that while new ones cannot be read. */
const STALE_MS = HOUR;
/** Between two readings: because of a key that is not there, since anybody can name one; and after one that failed. */
const UNKNOWN_KEY_PAUSE_MS = 30 * SECOND;
const FAILURE_PAUSE_MS = 5 * SECOND;
const MAX_URLS = 10_000;

/**
 * The public keys that platforms sign launches with, by the URL that they publish them at (RFC 7517). They are kept as long as
 * `Cache-Control` says, and read once more when a token names a key that is not among them, which is how platforms change keys:
 * but not more often than every half minute, whatever callers send.
 */
export class PlatformKeys {
  readonly #send: SendRequest;
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();
  readonly #pending = new Map<string, Promise<Known>>();

  /** `now` is monotonic ms. */
  constructor(options: { send: SendRequest; now?: () => number }) {
    this.#send = options.send;
    this.#now = options.now ?? (() => performance.now());
  }

  /** The key that a token's header names. Rejects only for bugs. */
  async find(jwksUrl: string, header: { alg: string; kid?: string }): Promise<KeyReading> {
    const known = await this.#fresh(jwksUrl);
    const found = await keyIn(known, header, this.#now());
    if (found !== 'unknown') return found;
    if (this.#now() - known.readAtMs >= UNKNOWN_KEY_PAUSE_MS) {
      const again = await keyIn(await this.#read(jwksUrl), header, this.#now());
      if (again !== 'unknown') return again;
    }
    const which =
      header.kid === undefined ? 'names no key (kid)' : `names a key (kid) "${header.kid.slice(0, 100)}"`;
    return refused('UNKNOWN_KEY', `${which} that is not among those that the platform publishes`);
  }

  async #fresh(url: string): Promise<Known> {
    const known = this.#known.get(url);
    if (!known) return this.#read(url);
    const isFresh = known.set !== undefined && this.#now() < known.set.freshUntilMs;
    const justFailed = known.failure !== undefined && this.#now() - known.readAtMs < FAILURE_PAUSE_MS;
    return isFresh || justFailed ? known : this.#read(url);
  }

  /** No await between looking and setting: all who want the keys of a URL at once share one reading. */
  #read(url: string): Promise<Known> {
    const pending = this.#pending.get(url);
    if (pending) return pending;
    const reading = this.#ask(url).finally(() => this.#pending.delete(url));
    this.#pending.set(url, reading);
    return reading;
  }

  async #ask(url: string): Promise<Known> {
    const headers = { accept: MEDIA_TYPES.json };
    const answer = await this.#send({ stage: 'keys', method: 'GET', url, headers });
    const read = answer.kind === 'response' ? keySetOf(answer) : answer.detail;
    const readAtMs = this.#now();
    const former = this.#known.get(url)?.set;
    const known: Known =
      typeof read === 'string'
        ? { failure: read, readAtMs, ...(former && { set: former }) }
        : { set: { find: read.find, freshUntilMs: readAtMs + read.lifeMs }, readAtMs };
    this.#known.delete(url);
    this.#known.set(url, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_URLS && oldest !== undefined) this.#known.delete(oldest);
    return known;
  }
}

async function keyIn(
  { set, failure }: Known,
  header: { alg: string; kid?: string },
  now: number,
): Promise<KeyReading | 'unknown'> {
  if (!set || now > set.freshUntilMs + STALE_MS) {
    return refused(
      'KEYS_UNREADABLE',
      `cannot be verified, since the platform's keys cannot be read: ${failure ?? ''}`,
    );
  }
  try {
    return { ok: true, key: await set.find(header) };
  } catch (error) {
    if (error instanceof errors.JWKSMultipleMatchingKeys || error instanceof errors.JWKSNoMatchingKey) {
      return 'unknown';
    }
    return refused('KEYS_UNREADABLE', 'cannot be verified: the key that it names cannot be used');
  }
}

/** Or, in our words, why there is none. */
function keySetOf(answer: PlatformResponse): { find: KeySet['find']; lifeMs: number } | string {
  const json = readJson(answer);
  if (!json.ok) return json.problem;
  if (!isObject(json.value) || !Array.isArray(json.value.keys)) return 'the answer has no "keys"';
  const keys = json.value.keys.filter(isObject);
  const lifeMs = lifeOf(answer.headers['cache-control'] ?? '');
  return { find: createLocalJWKSet({ keys } as unknown as JSONWebKeySet), lifeMs };
}

function lifeOf(cacheControl: string): number {
  const [, seconds] = /(?:^|[\s,])max-age="?(\d+)/i.exec(cacheControl) ?? [];
  if (seconds === undefined) return UNSAID_LIFE_MS;
  return Math.min(Math.max(Number(seconds) * SECOND, LEAST_LIFE_MS), LONGEST_LIFE_MS);
}

function refused(code: IdTokenProblem['code'], detail: string): { ok: false; problem: IdTokenProblem } {
  return { ok: false, problem: { code, detail } };
}
