import type { WebhookSource, WebhookSourceWithSecrets } from '@gradewire/passback';
import { mayUse, type Principal } from '../auth.ts';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';

/** A source of a platform that the key is not for is as good as none. @throws Problem `NOT_FOUND` */
export async function findSource(
  { webhookSources }: Pick<Context, 'webhookSources'>,
  principal: Principal,
  sourceId: string,
): Promise<WebhookSource> {
  const source = await webhookSources.get(sourceId);
  if (!source || !mayUse(principal, source.platformId)) throw new Problem('NOT_FOUND');
  return withoutSecrets(source);
}

/** A source as it is shown: where to send to, and how much of what was sent came to nothing yet. */
export async function sourceView(
  { webhookDeliveries, publicUrl }: Pick<Context, 'webhookDeliveries' | 'publicUrl'>,
  source: WebhookSource,
): Promise<WebhookSource & { url: string; unmatched: number }> {
  const unmatched = await webhookDeliveries.countUnmatched(source.platformId, source.id);
  return { ...source, url: `${publicUrl}/v1/webhooks/${source.id}`, unmatched };
}

function withoutSecrets({ secrets: _, ...source }: WebhookSourceWithSecrets): WebhookSource {
  return source;
}
