import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';
import { platformProblem } from './answered.ts';
import type { OpenPlatform } from './platform-reads.ts';
import { requireLaunch, type Where } from './reach-platform.ts';
import { requireOrigins } from './require-origin.ts';

/** How long a person waits while another process looks for the same line item. */
const PATIENCE_MS = 5_000;

type PlaceParts = Pick<Context, 'launches' | 'lineItems' | 'now'>;

/**
 * The line item that a request is about: the one it names, or the one that scores of a launch go to.
 * @throws Problem
 */
export async function findLineItem(
  parts: PlaceParts,
  open: OpenPlatform,
  { lineItemUrl, launchId }: { lineItemUrl?: string | undefined; launchId?: string | undefined },
  where: Where,
): Promise<string> {
  const { platform } = open;
  if (lineItemUrl !== undefined) {
    requireOrigins(platform, { [`${where}lineItemUrl`]: lineItemUrl });
    return lineItemUrl;
  }
  await requireLaunch(parts, platform.id, launchId!, where);
  const givesUpAtMs = parts.now() + PATIENCE_MS;
  for (;;) {
    const found = await parts.lineItems.resolve({ ...open, target: { launchId: launchId! } });
    if (found.kind === 'resolved') return found.lineItemUrl;
    if (found.kind === 'failed') throw platformProblem(found.outcome);
    const waitMs = Math.max(50, found.retryAtMs - parts.now());
    if (parts.now() + waitMs > givesUpAtMs) {
      throw new Problem('PLATFORM_UNAVAILABLE', {
        detail: 'The line item is being looked for; try again soon.',
      });
    }
    await delay(waitMs);
  }
}

/**
 * The line items of the course that a request is about: those it names, or those of a launch's course.
 * @throws Problem
 */
export async function findLineItems(
  parts: Pick<Context, 'launches'>,
  { platform }: OpenPlatform,
  { lineItemsUrl, launchId }: { lineItemsUrl?: string | undefined; launchId?: string | undefined },
  where: Where,
): Promise<string> {
  if (lineItemsUrl !== undefined) {
    requireOrigins(platform, { [`${where}lineItemsUrl`]: lineItemsUrl });
    return lineItemsUrl;
  }
  const launch = await requireLaunch(parts, platform.id, launchId!, where);
  if (launch.lineItemsUrl === undefined) {
    const detail = 'the launch did not name the line items of its course';
    throw platformProblem({ kind: 'dead', reason: 'NO_GRADE_SERVICE', detail });
  }
  requireOrigins(platform, { [`${where}launchId`]: launch.lineItemsUrl });
  return launch.lineItemsUrl;
}
