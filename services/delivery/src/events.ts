import type { PlatformAnswer } from '@gradewire/ags';
import type { ProfileName } from '@gradewire/passback';
import type { LaneEvents } from '@gradewire/passback/bullmq';
import { bornAtOfScore, type TokenFetched } from '@gradewire/passback/redis';
import { type Logger, platformLabel, statusClass } from '@gradewire/telemetry';
import type { Metrics } from './metrics.ts';

export interface Attempted {
  platformId: string;
  scoreId: string;
  cell: string;
  attempt: number;
  stage: string;
  outcome: string;
  reason?: string;
  httpStatus?: number;
  durationMs: number;
  probe: boolean;
}

/** What happens in delivery, one function per event: the log line and the count are written together, here only. */
export interface DeliveryEvents extends LaneEvents {
  /** The canonical line of an attempt. The platform's words are not in it: they can name people. */
  attempted(event: Attempted): void;
  settled(event: { platformId: string; scoreId: string; status: string; reason?: string }): void;
  requested(event: { profile: ProfileName; answer: PlatformAnswer }): void;
  tokenFetched(event: TokenFetched): void;
  lineItemCreated(platformId: string): void;
  /** Several columns fitted and one was taken. */
  lineItemChosen(event: { platformId: string; warning: string }): void;
  /** A refusal for their number taught how fast requests may go. */
  paced(event: { platformId: string; ratePerSecond: number }): void;
}

export function createEvents(options: {
  logger: Logger;
  metrics: Metrics;
  now?: () => number;
}): DeliveryEvents {
  const { logger, metrics, now = Date.now } = options;
  return {
    attempted(event) {
      const { platformId, stage, outcome } = event;
      metrics.attempts.inc({ platform: platformLabel(platformId), stage, outcome });
      logger.info({ event: 'attempt', ...event }, 'attempt');
    },
    settled({ platformId, scoreId, status, reason }) {
      const platform = platformLabel(platformId);
      metrics.settled.inc({ platform, status, reason: reason ?? '' });
      const bornAt = bornAtOfScore(scoreId);
      const waitedMs = bornAt === undefined ? undefined : Math.max(0, now() - bornAt);
      if (status === 'delivered' && waitedMs !== undefined) {
        metrics.deliverySeconds.observe({ platform }, waitedMs / 1_000);
      }
      const level = status === 'dead' ? 'warn' : 'debug';
      logger[level]({ event: 'settled', platformId, scoreId, status, reason, waitedMs }, `score ${status}`);
    },
    requested({ profile, answer }) {
      const status = answer.kind === 'response' ? answer.status : undefined;
      const labels = { profile, endpoint: answer.stage, status_class: statusClass(status) };
      metrics.requestSeconds.observe(labels, answer.durationMs / 1_000);
    },
    tokenFetched({ platformId, ok, httpStatus }) {
      const outcome = ok ? 'granted' : httpStatus === undefined ? 'unanswered' : 'refused';
      metrics.tokenFetches.inc({ platform: platformLabel(platformId), outcome });
      logger.info({ event: 'token', platformId, outcome, httpStatus }, `token ${outcome}`);
    },
    lineItemCreated(platformId) {
      metrics.lineItemsCreated.inc({ platform: platformLabel(platformId) });
      logger.info({ event: 'line-item', platformId }, 'gradebook column created');
    },
    lineItemChosen({ platformId, warning }) {
      logger.warn({ event: 'line-item-chosen', platformId, warning }, 'several gradebook columns fit');
    },
    paced({ platformId, ratePerSecond }) {
      const rounded = Math.round(ratePerSecond * 100) / 100;
      logger.info(
        { event: 'paced', platformId, ratePerSecond: rounded },
        'the platform throttles: slower from now on',
      );
    },
    opened(platformId) {
      logger.debug({ event: 'lane-opened', platformId }, 'lane opened');
    },
    closed(platformId) {
      logger.debug({ event: 'lane-closed', platformId }, 'lane closed');
    },
    held({ platformId, reason, forMs, level, prolonged }) {
      // One alert for one trouble, however long it lasts.
      const severity = prolonged ? 'debug' : 'warn';
      // `level` is the logger's own word.
      const shown = { event: 'lane-held', platformId, reason, forMs, holdLevel: level };
      logger[severity](shown, `lane held: ${reason}`);
    },
    resumed({ platformId, reason }) {
      logger.info({ event: 'lane-resumed', platformId, reason }, 'lane resumed');
    },
    swept({ platformId, added }) {
      logger.info({ event: 'lane-swept', platformId, added }, 'jobs that the queue had lost were added');
    },
    stalled(platformId) {
      logger.warn(
        { event: 'job-stalled', platformId },
        'a worker died or froze during a job; another takes it',
      );
    },
    failed({ platformId, error }) {
      logger.error({ event: 'failed', platformId, err: error }, 'delivery met an error of its own');
    },
  };
}
