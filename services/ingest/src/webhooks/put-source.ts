import { resolveSource, type WebhookSource, type WebhookSourceInput } from '@gradewire/passback';
import { type Principal, requirePlatform } from '../auth.ts';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';
import { type CheckParts, checkSource, secretsOf } from './check-source.ts';

type PutParts = CheckParts & Pick<Context, 'webhookSources' | 'webhookDeliveries' | 'now'>;

/**
 * Registers a source or replaces it, and has what is unmatched of it tried again: it may have been mended. One that moves to
 * another platform has to have nothing left on the former one.
 * @throws Problem
 */
export async function putSource(
  parts: PutParts,
  principal: Principal,
  sourceId: string,
  input: WebhookSourceInput,
): Promise<{ source: WebhookSource; created: boolean }> {
  const { webhookSources: sources, webhookDeliveries: deliveries } = parts;
  const { platformId } = input;
  requirePlatform(principal, platformId);
  const known = await sources.get(sourceId);
  if (known) requirePlatform(principal, known.platformId);
  await checkSource(parts, input);
  secretsOf(input, known);
  if (known && known.platformId !== platformId) {
    const left = await deliveries.close(known.platformId, sourceId, { force: false });
    if (left === 'notEmpty') throw new Problem('SOURCE_HAS_UNMATCHED');
  }
  const put = await sources.put(sourceId, (former) => {
    if (former) requirePlatform(principal, former.platformId);
    const secrets = secretsOf(input, former);
    return { ...resolveSource(input, parts.now(), { createdAt: former?.createdAt }), secrets };
  });
  // After it is stored, so that of a source that is removed at this moment nothing stays that receives, and of one that is there
  // nothing is closed.
  await deliveries.open(platformId, sourceId);
  await deliveries.changed(platformId);
  await deliveries.retry({ platformId, sourceId });
  return put;
}
