import { createHash, timingSafeEqual } from 'node:crypto';
import { Problem } from './http/problem.ts';
import type { Role } from './http/route.ts';

/** Who sends a request: an API key and its rights. */
export interface Principal {
  keyId: string;
  role: Role;
  /** Absent: all platforms. */
  platformIds?: string[];
}

export type VerifyKey = (key: string) => Promise<Principal | undefined>;

const RANK: Record<Role, number> = { submit: 0, operate: 1, admin: 2 };

/** For routes that ask for no key: may do nothing. */
export const NOBODY: Principal = { keyId: 'nobody', role: 'submit', platformIds: [] };

/** The key of an `Authorization: Bearer` header, or undefined. */
export function bearerKey(header: string | undefined): string | undefined {
  return /^Bearer +([\x21-\x7e]{1,512}) *$/i.exec(header ?? '')?.[1];
}

/**
 * Finds out whose key it is: the bootstrap key of the environment, else one of the store's.
 * @throws Problem `UNAUTHENTICATED`
 */
export async function authenticate(
  header: string | undefined,
  adminKey: string | undefined,
  verify: VerifyKey,
): Promise<Principal> {
  const key = bearerKey(header);
  const principal =
    key === undefined
      ? undefined
      : adminKey !== undefined && sameSecret(key, adminKey)
        ? ({ keyId: 'bootstrap', role: 'admin' } satisfies Principal)
        : await verify(key);
  if (!principal) throw new Problem('UNAUTHENTICATED', { headers: { 'WWW-Authenticate': 'Bearer' } });
  return principal;
}

/** @throws Problem `FORBIDDEN` when the key's role is below `role` */
export function requireRole(principal: Principal, role: Role): void {
  if (RANK[principal.role] < RANK[role]) {
    throw new Problem('FORBIDDEN', {
      detail: `This needs a key with the role ${role}; this key has ${principal.role}.`,
    });
  }
}

export function mayUse(principal: Principal, platformId: string): boolean {
  return principal.platformIds === undefined || principal.platformIds.includes(platformId);
}

/** For a platform the caller names in body or query. @throws Problem `FORBIDDEN`, whether or not it exists */
export function requirePlatform(principal: Principal, platformId: string): void {
  if (!mayUse(principal, platformId)) {
    throw new Problem('FORBIDDEN', { detail: 'This key is for other platforms.' });
  }
}

/** For what is the whole installation's. @throws Problem `FORBIDDEN` when the key is for some platforms only */
export function requireAllPlatforms(principal: Principal): void {
  if (principal.platformIds !== undefined) {
    throw new Problem('FORBIDDEN', { detail: 'This needs a key for all platforms.' });
  }
}

/** For what is to be some platforms' or, without any named, all platforms'. @throws Problem `FORBIDDEN` beyond the key's own */
export function requireWithin(principal: Principal, platformIds: readonly string[] | undefined): void {
  if (!platformIds) requireAllPlatforms(principal);
  for (const platformId of platformIds ?? []) requirePlatform(principal, platformId);
}

/** A key for some platforms sees what is for no others. */
export function maySee(principal: Principal, thing: { platformIds?: readonly string[] }): boolean {
  const mine = principal.platformIds;
  return mine === undefined || (thing.platformIds?.every((id) => mine.includes(id)) ?? false);
}

function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
