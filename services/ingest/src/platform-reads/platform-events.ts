import type { PlatformAnswer } from '@gradewire/ags';
import type { ProfileName } from '@gradewire/passback';
import type { TokenFetched } from '@gradewire/passback/redis';
import { type Logger, platformLabel, statusClass } from '@gradewire/telemetry';
import type { Metrics } from '../metrics.ts';

/** What passes between ingest and platforms, one function per event: the log line and the count are written together. */
export interface PlatformEvents {
  requested(event: { profile: ProfileName; answer: PlatformAnswer }): void;
  tokenFetched(event: TokenFetched): void;
}

export function createPlatformEvents({
  logger,
  metrics,
}: {
  logger: Logger;
  metrics: Pick<Metrics, 'platformRequestSeconds' | 'tokenFetches'>;
}): PlatformEvents {
  return {
    requested({ profile, answer }) {
      const status = answer.kind === 'response' ? answer.status : undefined;
      const labels = { profile, endpoint: answer.stage, status_class: statusClass(status) };
      metrics.platformRequestSeconds.observe(labels, answer.durationMs / 1_000);
    },
    tokenFetched({ platformId, ok, httpStatus }) {
      const outcome = ok ? 'granted' : httpStatus === undefined ? 'unanswered' : 'refused';
      metrics.tokenFetches.inc({ platform: platformLabel(platformId), outcome });
      logger.info({ event: 'token', platformId, outcome, httpStatus }, `token ${outcome}`);
    },
  };
}
