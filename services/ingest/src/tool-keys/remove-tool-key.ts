import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';
import { findToolKey, type ToolKeyView } from './view-tool-keys.ts';

type RemovalParts = Pick<Context, 'platforms' | 'toolKeys' | 'now' | 'logger'>;

/**
 * Takes a tool key out of the key set at once. One that signs is first replaced, if the caller says so: what it signed for
 * is signed for by another key, of which platforms may not have heard yet.
 * @returns the key that signs in its place, if one has to
 * @throws Problem `NOT_FOUND`, `TOOL_KEY_IN_USE`
 */
export async function removeToolKey(
  parts: RemovalParts,
  kid: string,
  replace: boolean,
): Promise<ToolKeyView | undefined> {
  const { toolKeys, logger } = parts;
  let replacedBy: string | undefined;
  for (;;) {
    const key = await findToolKey(parts, kid);
    if (key.state === 'signing') {
      if (!replace) throw new Problem('TOOL_KEY_IN_USE', { detail: useOf(key) });
      replacedBy = (await toolKeys.replace(key)).kid;
      await movePins(parts, key, replacedBy);
    }
    // Somebody may have begun to use it meanwhile.
    if (await toolKeys.remove(key)) break;
  }
  logger.warn({ event: 'tool-key-removed', kid, replacedBy }, 'tool key removed');
  return replacedBy === undefined ? undefined : findToolKey(parts, replacedBy);
}

async function movePins({ platforms, now }: RemovalParts, key: ToolKeyView, kid: string): Promise<void> {
  for (const id of key.pinnedBy) {
    const platform = await platforms.get(id);
    if (platform?.toolKeyId !== key.kid) continue;
    await platforms.put({ ...platform, toolKeyId: kid, updatedAt: new Date(now()).toISOString() });
  }
}

function useOf({ pinnedBy, platformId, signsFromMs }: ToolKeyView): string {
  const shown = pinnedBy.length > 5 ? [...pinnedBy.slice(0, 5), `${pinnedBy.length - 5} more`] : pinnedBy;
  if (pinnedBy.length > 0) return `It is pinned by ${shown.join(', ')}.`;
  if (platformId !== undefined && signsFromMs !== undefined)
    return `It signs for the platform ${platformId}.`;
  return 'It signs for every platform that has no other key.';
}
