export { createGradewire, type Gradewire, type GradewireOptions } from './client.ts';
export { type ClientErrorCode, GradewireError, type GradewireErrorCode } from './error.ts';
export type { RetryOptions } from './retry.ts';
export { isSettled, type SettlementOptions } from './settlement.ts';
export type { CallOptions, IdempotentCallOptions } from './transport.ts';
export type { Batch, BatchAccepted, BatchResult } from './types/batch.ts';
export type { DeadLetter, DeadLetterQuery, DeadLetterSummary } from './types/dead-letter.ts';
export type {
  ApiKey,
  ApiKeyInput,
  CreatedApiKey,
  Jwks,
  PublicJwk,
  Role,
  ToolKey,
  ToolKeyImport,
} from './types/key.ts';
export type { Lane } from './types/lane.ts';
export type { Page, PageQuery } from './types/page.ts';
export type {
  Platform,
  PlatformCheck,
  PlatformCheckStep,
  PlatformInput,
  PlatformLimits,
  ProfileName,
} from './types/platform.ts';
export type { Problem, ProblemItem } from './types/problem.ts';
export type { Replay, ReplayFilter, ReplayInput } from './types/replay.ts';
export type {
  ActivityProgress,
  Attempt,
  GradingProgress,
  LaunchTarget,
  LineItemCreate,
  LineItemLookupTarget,
  LineItemTarget,
  Score,
  ScoreAccepted,
  ScoreInput,
  ScoreQuery,
  ScoreStatus,
  Target,
} from './types/score.ts';
