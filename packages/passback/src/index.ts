export type { LineItemOperation } from './answer-rules.ts';
export {
  aliasKeyOf,
  cellIdOf,
  columnKeyOf,
  compareOrder,
  contentHashOf,
  isAliasColumn,
  type Order,
  parseCellId,
  userKeyOf,
  wireTimestampMs,
} from './cell.ts';
export {
  classifyLineItem,
  classifyResults,
  classifyScore,
  classifyToken,
} from './classify.ts';
export { DEAD_STREAK, DOWN_STREAK, nextProbe } from './lane.ts';
export { chooseLineItem, type LineItemChoice, type LineItemKey } from './line-item-choice.ts';
export {
  type Outcome,
  type OutcomeMeaning,
  renewToken,
  reresolve,
  type TransientOutcome,
  withoutRemedy,
  withoutRenewal,
} from './outcome.ts';
export { type Platform, resolvePlatform } from './platform.ts';
export { platformIdSchema } from './platform-id.ts';
export { type PlatformInput, platformInputSchema } from './platform-input.ts';
export {
  afterResults,
  type DeliveredFacts,
  decidePost,
  deliveredFactsOf,
  type Post,
  type PostDecision,
  type ReadResults,
  type ResultSeen,
  resultShows,
  type Settled,
} from './post.ts';
export { type Parsed, type Problem, parseInput, pointerTo, problemsOf } from './problem.ts';
export {
  defaultAudience,
  detectProfile,
  PROFILE_NAMES,
  PROFILES,
  type Profile,
  type ProfileName,
} from './profiles.ts';
export { isReasonCode, REASONS, type Reason, type ReasonCode } from './reasons.ts';
export { holdIntervalMs, isExpired, MAX_RETRY_AFTER_MS, nextDelayMs, type RetryPolicy } from './retry.ts';
export {
  batchInputSchema,
  isProgressReport,
  type Score,
  type ScoreInput,
  scoreInputSchema,
  scoreOf,
} from './score.ts';
export {
  type CreateLineItem,
  checkTargetOrigins,
  type LaunchTarget,
  type LineItemsTarget,
  type LineItemTarget,
  type Target,
  targetSchema,
} from './target.ts';
export { refusedUserId } from './user-id.ts';
