import type { JWK } from 'jose';

/** Reads a key set; rejects when it cannot be had. */
export type FetchKeySet = (url: string, timeoutMs: number) => Promise<JWK[]>;

/** Keys of the tool by URL, remembered until somebody asks for them to be read again, or for as long as a set lives. */
export class KeySetCache {
  readonly #fetchKeySet: FetchKeySet;
  readonly #now: () => number;
  readonly #cached = new Map<string, { keys: JWK[]; readAtMs: number }>();

  constructor(fetchKeySet: FetchKeySet, now: () => number) {
    this.#fetchKeySet = fetchKeySet;
    this.#now = now;
  }

  cached(url: string, lifeMs = Number.POSITIVE_INFINITY): JWK[] | undefined {
    const known = this.#cached.get(url);
    return known && this.#now() - known.readAtMs < lifeMs ? known.keys : undefined;
  }

  async refresh(url: string, timeoutMs: number): Promise<JWK[]> {
    const keys = await this.#fetchKeySet(url, timeoutMs);
    this.#cached.set(url, { keys, readAtMs: this.#now() });
    return keys;
  }
}

/** GET of a key set over HTTP; anything but 200 with `{keys: []}` rejects. */
export async function fetchKeySet(url: string, timeoutMs: number): Promise<JWK[]> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(timeoutMs),
  });
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(`key set: HTTP ${response.status}`);
  const keys = (body as { keys?: unknown }).keys;
  if (!Array.isArray(keys)) throw new Error('key set: no "keys"');
  return keys as JWK[];
}
