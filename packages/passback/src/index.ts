export { addressProblem } from './address.ts';
export type { LineItemOperation } from './answer-rules.ts';
export {
  CALLBACK_DELIVERY_STATUSES,
  CALLBACK_EVENTS,
  CALLBACK_FORMS,
  CALLBACK_STATUSES,
  type Callback,
  type CallbackDelivery,
  type CallbackDeliveryStatus,
  type CallbackEvent,
  type CallbackForm,
  type CallbackInput,
  type CallbackStatus,
  type CallbackView,
  callbackIdSchema,
  callbackInputSchema,
  callbackProblems,
  DISABLED_REASONS,
  type DisabledReason,
  type PlatformEvent,
  wantsEvent,
} from './callback.ts';
export { type CallbackAnswer, judgeCallbackAnswer } from './callback-attempt.ts';
export { callbackMessageId, eventBody } from './callback-message.ts';
export { isAttemptByDefault } from './canvas-extension.ts';
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
  classifyMembers,
  classifyResults,
  classifyScore,
  classifyToken,
} from './classify.ts';
export {
  type Diagnosis,
  diagnoseService,
  diagnoseSilence,
  diagnoseToken,
  foreignDeployment,
} from './diagnose.ts';
export { type DuplicateColumns, findDuplicates } from './duplicate-columns.ts';
export { FINDINGS, type FindingCode, hintOf } from './findings.ts';
export { GUIDES } from './guides.ts';
export {
  comparableIdentity,
  type Identity,
  type IdentityKind,
  type IdentityRow,
  identityRowOf,
  identityRowSchema,
  identitySchema,
  isIdentity,
  type Person,
  selectorOf,
} from './identity.ts';
export { urlField } from './input-fields.ts';
export { DEAD_STREAK, DOWN_STREAK, nextProbe } from './lane.ts';
export { type Launch, type LaunchNews, launchIdOf, platformOfLaunch } from './launch.ts';
export {
  checkLaunchOrigins,
  checkLaunchPlace,
  checkLaunchServices,
  type LaunchClaims,
  launchClaimsSchema,
  launchNewsOf,
} from './launch-claims.ts';
export { lineItemChanges } from './line-item-changes.ts';
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
  profileOfFamily,
} from './profiles.ts';
export { isReasonCode, REASONS, type Reason, type ReasonCode } from './reasons.ts';
export {
  bringsGradeBack,
  DRIFT_KINDS,
  type DriftKind,
  driftOf,
  factsSeen,
  isRepairable,
  provesLanding,
} from './reconcile.ts';
export { hasGrade, type ResultSeen, resultShows } from './result-seen.ts';
export { holdIntervalMs, isExpired, MAX_RETRY_AFTER_MS, nextDelayMs, type RetryPolicy } from './retry.ts';
export { hasRole, type Roster } from './roster.ts';
export { matchMember, type RosterMatch, rosterMatcher } from './roster-match.ts';
export {
  batchInputSchema,
  isProgressReport,
  type Score,
  type ScoreContent,
  type ScoreInput,
  scoreInputSchema,
  scoreOf,
  type UnmatchedScore,
} from './score.ts';
export {
  type PerAssignmentTarget,
  type SourceTarget,
  sourceTargetSchema,
  targetOfGrade,
} from './source-target.ts';
export {
  type CreateLineItem,
  checkTargetOrigins,
  type LaunchTarget,
  type LineItemsTarget,
  type LineItemTarget,
  type Target,
  targetSchema,
} from './target.ts';
export { scopeSets } from './token-scopes.ts';
export {
  KEY_SET_MAX_AGE_MS,
  lifeOf,
  PUBLISHED_BEFORE_SIGNING_MS,
  signerFor,
  type ToolKeyLife,
  type ToolKeyState,
  type ToolKeyUses,
} from './tool-key-life.ts';
export { UNMATCHED, type UnmatchedEntry, type UnmatchedReason } from './unmatched.ts';
export { refusedUserId } from './user-id.ts';
export { explainedByRoster, mayMeanTheUser, type RosterWitness } from './user-refusal.ts';
export { type SelectorKind, type UserSelector, userSelectorSchema } from './user-selector.ts';
export {
  type WaitingEntry,
  WEBHOOK_STATUSES,
  type WebhookDelivery,
  type WebhookDeliveryWithBody,
  type WebhookStatus,
} from './webhook-delivery.ts';
export {
  resolveSource,
  SOURCE_ADAPTERS,
  type SourceAdapter,
  type SourceDefaults,
  signatureSchema,
  sourceDefaultsSchema,
  sourceIdSchema,
  WEBHOOK_SCHEMES,
  type WebhookScheme,
  type WebhookSource,
  type WebhookSourceInput,
  type WebhookSourceWithSecrets,
  webhookSourceInputSchema,
} from './webhook-source.ts';
