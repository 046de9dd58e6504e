import { randomBytes } from 'node:crypto';

export interface IssuedToken {
  scopes: readonly string[];
  expiresAtMs: number;
}

/** Access tokens the platform gave out. Expired ones are told from unknown ones for a while, as platforms do. */
export class TokenBook {
  readonly #tokens = new Map<string, IssuedToken>();
  readonly #limit = 100_000;

  issue(scopes: readonly string[], expiresAtMs: number): string {
    const token = randomBytes(16).toString('hex');
    this.#tokens.set(token, { scopes, expiresAtMs });
    if (this.#tokens.size > this.#limit) {
      const oldest = this.#tokens.keys().next().value;
      if (oldest !== undefined) this.#tokens.delete(oldest);
    }
    return token;
  }

  find(token: string): IssuedToken | undefined {
    return this.#tokens.get(token);
  }

  /** Makes every token unknown; returns how many there were. */
  revokeAll(): number {
    const count = this.#tokens.size;
    this.#tokens.clear();
    return count;
  }

  active(now: number): number {
    return [...this.#tokens.values()].filter((token) => token.expiresAtMs > now).length;
  }

  keep(): [string, IssuedToken][] {
    return [...this.#tokens];
  }

  restore(tokens: [string, IssuedToken][]): void {
    for (const [token, issued] of tokens) this.#tokens.set(token, issued);
  }
}
