import type { Platform } from '@gradewire/passback';
import { mayUse, type Principal } from './auth.ts';
import type { Context } from './context.ts';
import { Problem } from './http/problem.ts';

const PAGE = 500;

/** The ids of all registered platforms that this key is for, in the order of the store. */
export async function visiblePlatformIds(
  { platforms }: Pick<Context, 'platforms'>,
  principal: Principal,
): Promise<string[]> {
  const ids = await allPlatformIds({ platforms });
  return ids.filter((id) => mayUse(principal, id));
}

/**
 * For scores to be sent to platforms that may have been removed since: nobody would deliver them.
 * @param pointer to the member that led to the platforms, if the caller named them
 * @throws Problem `UNKNOWN_PLATFORM`
 */
export async function requireRegistered(
  { platforms }: Pick<Context, 'platforms'>,
  platformIds: readonly string[],
  pointer?: string,
): Promise<void> {
  const found = await Promise.all(platformIds.map((id) => platforms.get(id)));
  const missing = platformIds.find((_, i) => found[i] === undefined);
  if (missing === undefined) return;
  const detail = `The platform ${missing} is not registered.`;
  throw new Problem('UNKNOWN_PLATFORM', { detail, ...(pointer && { errors: [{ pointer, detail }] }) });
}

export async function allPlatformIds(parts: Pick<Context, 'platforms'>): Promise<string[]> {
  return (await allPlatforms(parts)).map(({ id }) => id);
}

/** All registered platforms, in the order of the store. */
export async function allPlatforms({ platforms }: Pick<Context, 'platforms'>): Promise<Platform[]> {
  const all: Platform[] = [];
  let cursor: string | undefined;
  do {
    const page = await platforms.list({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
    all.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return all;
}
