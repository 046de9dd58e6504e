import type { PlatformRequest } from './messages.ts';
import { serviceRequest } from './service-request.ts';
import { scoresUrl } from './urls.ts';
import { MEDIA_TYPES } from './vocabulary.ts';

export type ActivityProgress = 'Initialized' | 'Started' | 'InProgress' | 'Submitted' | 'Completed';
export type GradingProgress = 'FullyGraded' | 'Pending' | 'PendingManual' | 'Failed' | 'NotReady';

/** A score on the wire (AGS 2.0 section 3.4). Vendors' extensions are members named by a URL. */
export interface AgsScore {
  userId: string;
  scoreGiven?: number | null;
  scoreMaximum?: number;
  comment?: string;
  /** RFC 3339 with a zone. */
  timestamp: string;
  activityProgress: ActivityProgress;
  gradingProgress: GradingProgress;
  submission?: { startedAt?: string; submittedAt?: string };
  scoringUserId?: string;
  [extension: `https://${string}`]: unknown;
}

/**
 * Posts a score. The body is compact JSON: Moodle repeats it in the status line of a refusal, and a line break
 * there turns the refusal into a 200.
 */
export function postScoreRequest(options: {
  lineItemUrl: string;
  score: AgsScore;
  accessToken: string;
  signal?: AbortSignal;
}): PlatformRequest {
  return serviceRequest({
    stage: 'score',
    method: 'POST',
    url: scoresUrl(options.lineItemUrl),
    accept: MEDIA_TYPES.score,
    accessToken: options.accessToken,
    content: { type: MEDIA_TYPES.score, value: options.score },
    signal: options.signal,
  });
}
