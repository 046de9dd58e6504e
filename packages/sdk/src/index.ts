export { createGradewire, type Gradewire, type GradewireOptions } from './client.ts';
export { type ClientErrorCode, GradewireError, type GradewireErrorCode } from './error.ts';
export type { RetryOptions } from './retry.ts';
export { isSettled, type SettlementOptions } from './settlement.ts';
export type { CallOptions, IdempotentCallOptions } from './transport.ts';
export type { Batch, BatchAccepted, BatchResult } from './types/batch.ts';
export type {
  Callback,
  CallbackDelivery,
  CallbackDigest,
  CallbackEvent,
  CallbackInput,
  CallbackMessage,
} from './types/callback.ts';
export type { DeadLetter, DeadLetterQuery, DeadLetterSummary } from './types/dead-letter.ts';
export type { EncryptionKeyStatus } from './types/encryption-key.ts';
export type { IdentitiesStored, Identity, IdentityInput, IdentityRow } from './types/identity.ts';
export type { ApiKey, ApiKeyInput, CreatedApiKey, Role } from './types/key.ts';
export type { Lane, LaneLimits } from './types/lane.ts';
export type { Launch, LaunchClaims, LaunchInput } from './types/launch.ts';
export type {
  AdoptedLineItem,
  CourseQuery,
  DuplicateLineItems,
  LineItem,
  LineItemChange,
  LineItemQuery,
  WholeList,
} from './types/line-item.ts';
export type { Member, MemberQuery, Roster } from './types/member.ts';
export type { Page, PageQuery } from './types/page.ts';
export type {
  Platform,
  PlatformCheck,
  PlatformCheckInput,
  PlatformCheckStep,
  PlatformInput,
  PlatformLimits,
  ProfileName,
} from './types/platform.ts';
export type { Problem, ProblemItem } from './types/problem.ts';
export type {
  Drift,
  DriftKind,
  Reconciliation,
  ReconciliationInput,
  ReconciliationSummary,
} from './types/reconciliation.ts';
export type { Replay, ReplayFilter, ReplayInput } from './types/replay.ts';
export type { Result, ResultList, ResultQuery } from './types/result.ts';
export type {
  ActivityProgress,
  Attempt,
  GradingProgress,
  LaunchTarget,
  LineItemCreate,
  LineItemLookupTarget,
  LineItemTarget,
  Overwrite,
  Score,
  ScoreAccepted,
  ScoreInput,
  ScoreInputByUser,
  ScoreQuery,
  ScoreStatus,
  Target,
  UserSelector,
} from './types/score.ts';
export type { Jwks, PublicJwk, ToolKey, ToolKeyImport, ToolKeyRotation } from './types/tool-key.ts';
export type {
  AssignmentTarget,
  UnmatchedGrade,
  UnreadyGrade,
  WebhookAdapter,
  WebhookDefaults,
  WebhookDelivery,
  WebhookSample,
  WebhookScheme,
  WebhookSignature,
  WebhookSource,
  WebhookSourceInput,
  WebhookTest,
  WebhookTestScore,
} from './types/webhook-source.ts';
