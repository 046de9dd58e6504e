export { ActivePlatforms } from './active-platforms.ts';
export { type ApiKey, type ApiKeyRole, ApiKeyStore } from './api-key-store.ts';
export { BatchStore, type Claim } from './batch-store.ts';
export { CallbackDigests } from './callback-digests.ts';
export type { ResendQuery, Resent } from './callback-log.ts';
export { type CallbackPut, CallbackStore } from './callback-store.ts';
export {
  CallbackUnits,
  type CallbackUnitsOptions,
  type EventToStore,
  type Taken,
  type Unit,
  type UnitSettled,
} from './callback-units.ts';
export {
  connectRedis,
  isRedisUnavailable,
  isRedisUrl,
  type Patience,
  queueConnection,
} from './connection.ts';
export { type DeliveredCell, DeliveredCells, type DeliveredColumn } from './delivered-cells.ts';
export { alignEventsWanted, isAligned } from './events-wanted.ts';
export { fetchToken, type TokenFetched } from './fetch-token.ts';
export { IdentityStore, type StoredIdentity } from './identity-store.ts';
export { globalKey, platformKey } from './keys.ts';
export { type KnownColumn, KnownColumns } from './known-columns.ts';
export { LaneState, type LaneView } from './lane-state.ts';
export { LaunchStore } from './launch-store.ts';
export { LineItemResolver, type LineItemResolverOptions } from './line-item-resolver.ts';
export { Outbox, type OutboxEntry } from './outbox.ts';
export { PlatformStore } from './platform-store.ts';
export {
  type Drift,
  platformOfReconciliation,
  type Reconciliation,
  type ReconciliationCounts,
  ReconciliationStore,
  type UnreadColumn,
} from './reconciliation-store.ts';
export { ScoreRecord, type ScoreRecordOptions } from './record.ts';
export type {
  AcceptItem,
  AcceptRefusal,
  AcceptResult,
  AttemptEntry,
  BeginInput,
  Begun,
  Lease,
  ListQuery,
  Page,
  ScoreStatus,
  ScoreView,
  Settled,
  SettleInput,
  Settlement,
} from './record-types.ts';
export { type Replay, ReplayStore } from './replay-store.ts';
export { type Acquired, type AcquireOptions, RequestBudget } from './request-budget.ts';
export type { Resolution, ResolveInput } from './resolution.ts';
export {
  RosterCache,
  type RosterQuery,
  type RosterReading,
  type RosterResult,
} from './roster-cache.ts';
export { bornAtOfScore, newScoreId, platformOfScore } from './score-id.ts';
export { type DeadSummaryRow, parseCursor, ScoreReader, type UndeliveredCell } from './score-reader.ts';
export { SealedSelectors } from './sealed-selectors.ts';
export type { SealCounts, SealedStore } from './sealed-store.ts';
export { SealBrokenError, SecretBox } from './secret-box.ts';
export type { Token } from './shared-tokens.ts';
export { type FetchedToken, TokenCache, type TokenCacheOptions, type TokenResult } from './token-cache.ts';
export { ToolKeyError, type ToolKeyErrorCode } from './tool-key.ts';
export { type ToolKey, ToolKeyStore } from './tool-key-store.ts';
export { WebhookDeliveries } from './webhook-deliveries.ts';
export { parseUnmatchedId, platformOfDelivery, unmatchedIdOf } from './webhook-id.ts';
export { WebhookSourceStore } from './webhook-source-store.ts';
export type { Claimed, IncomingWebhook, Received, WebhookSettlement } from './webhook-types.ts';
