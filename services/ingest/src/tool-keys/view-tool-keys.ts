import { lifeOf, type ToolKeyLife, type ToolKeyUses } from '@gradewire/passback';
import type { ToolKey } from '@gradewire/passback/redis';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';
import { allPlatforms } from '../platform-ids.ts';

/** A tool key with what it is at the moment. */
export type ToolKeyView = ToolKey & ToolKeyLife;

type KeyParts = Pick<Context, 'platforms' | 'toolKeys' | 'now'>;

/** Every tool key, newest first. */
export async function viewToolKeys(parts: KeyParts): Promise<ToolKeyView[]> {
  const [keys, uses] = await Promise.all([parts.toolKeys.list(), readToolKeyUses(parts)]);
  return keys.map((key) => ({ ...key, ...lifeOf(key, keys, uses, parts.now()) }));
}

/** @throws Problem `NOT_FOUND` */
export async function findToolKey(parts: KeyParts, kid: string): Promise<ToolKeyView> {
  const key = (await viewToolKeys(parts)).find((each) => each.kid === kid);
  if (!key) throw new Problem('NOT_FOUND');
  return key;
}

/** Which platforms there are, and which of them pin a key. */
export async function readToolKeyUses({ platforms }: Pick<Context, 'platforms'>): Promise<ToolKeyUses> {
  const platformIds = new Set<string>();
  const pinnedBy = new Map<string, string[]>();
  for (const { id, toolKeyId } of await allPlatforms({ platforms })) {
    platformIds.add(id);
    if (toolKeyId !== undefined) pinnedBy.set(toolKeyId, [...(pinnedBy.get(toolKeyId) ?? []), id]);
  }
  return { platformIds, pinnedBy };
}
