import { mayUse, type Principal } from './auth.ts';
import type { Context } from './context.ts';

const PAGE = 500;

/** The ids of all registered platforms that this key is for, in the order of the store. */
export async function visiblePlatformIds(
  { platforms }: Pick<Context, 'platforms'>,
  principal: Principal,
): Promise<string[]> {
  const ids = await allPlatformIds({ platforms });
  return ids.filter((id) => mayUse(principal, id));
}

export async function allPlatformIds({ platforms }: Pick<Context, 'platforms'>): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await platforms.list({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
    ids.push(...page.data.map((platform) => platform.id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return ids;
}
