import { type Logger, platformLabel } from '@gradewire/telemetry';
import type { Metrics } from '../metrics.ts';

interface EventParts {
  logger: Logger;
  metrics: Pick<Metrics, 'webhooksReceived'>;
}

/** Whoever sends to an address of ours can put into it what they like. */
const LONGEST_ID = 63;

/** What was kept, or had been before. */
export function webhookReceived(
  { logger, metrics }: EventParts,
  webhook: {
    sourceId: string;
    platformId: string;
    deliveryId: string;
    duplicate: boolean;
    bytes: number;
  },
): void {
  const { duplicate, ...rest } = webhook;
  const outcome = duplicate ? 'duplicate' : 'accepted';
  metrics.webhooksReceived.inc({ platform: platformLabel(webhook.platformId), outcome });
  logger.info({ event: 'webhook-received', outcome, ...rest }, 'webhook received');
}

/** Why a webhook was refused, which its sender is not told. */
export function webhookRefused(
  { logger, metrics }: EventParts,
  { sourceId, reason }: { sourceId: string; reason: string },
): void {
  metrics.webhooksReceived.inc({ platform: 'none', outcome: 'refused' });
  logger.info(
    { event: 'webhook-refused', sourceId: sourceId.slice(0, LONGEST_ID), reason },
    'webhook refused',
  );
}
