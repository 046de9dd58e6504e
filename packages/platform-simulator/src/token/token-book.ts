import { randomBytes } from 'node:crypto';

export interface IssuedToken {
  scopes: readonly string[];
  expiresAtMs: number;
}

/** Access tokens the platform gave out. Expired ones are told from unknown ones for a while, as platforms do. */
export class TokenBook {
  readonly #tokens = new Map<string, IssuedToken>();
  readonly #limit = 100_000;

  issue(scopes: readonly string[], expiresAtMs: number, form?: 'jwt'): string {
    const token = form === 'jwt' ? jwtLike(scopes, expiresAtMs) : randomBytes(16).toString('hex');
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

/** As long as a signed token is. Nobody is meant to look into it, so its signature is chance. */
function jwtLike(scopes: readonly string[], expiresAtMs: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = part({ alg: 'RS256', typ: 'JWT', kid: 'platform' });
  const claims = part({ scopes: scopes.join(' '), exp: Math.floor(expiresAtMs / 1000) });
  return `${header}.${claims}.${randomBytes(256).toString('base64url')}`;
}
