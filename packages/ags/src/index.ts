export { type ClientAssertionOptions, createClientAssertion } from './client-assertion.ts';
export { isPrivateAddress } from './http/addresses.ts';
export { createPlatformHttp, type PlatformHttp, type PlatformHttpOptions } from './http/platform-http.ts';
export { audiencesOf, MESSAGE_TYPES } from './launch/check-claims.ts';
export { LAUNCH_CLAIMS } from './launch/claims.ts';
export { readIdToken, verifyIdToken } from './launch/id-token.ts';
export type { IdTokenFault, IdTokenProblem } from './launch/id-token-problem.ts';
export { PlatformKeys } from './launch/platform-keys.ts';
export type { LineItem, LineItemFilter, NewLineItem } from './line-item.ts';
export { createLineItem, deleteLineItem, getLineItem, listLineItems, updateLineItem } from './line-items.ts';
export { type Link, parseLinkHeader } from './link-header.ts';
export { listMembers, type Member } from './members.ts';
export type {
  NoResponse,
  NoResponseCode,
  PlatformAnswer,
  PlatformRequest,
  PlatformResponse,
  SendRequest,
  Stage,
} from './messages.ts';
export type { PagedReading } from './paging.ts';
export { type QuickRetryOptions, quickRetry, withQuickRetry } from './quick-retry.ts';
export type { ExchangeReading, Reading } from './reading.ts';
export { listResults, type Result, type ResultsAccess } from './results.ts';
export { parseRetryAfter } from './retry-after.ts';
export { type ActivityProgress, type AgsScore, type GradingProgress, postScoreRequest } from './score.ts';
export { type AccessToken, readTokenResponse, tokenRequest } from './token.ts';
export { normalizeLineItemUrl, resultsUrl, scoresUrl } from './urls.ts';
export { vendorMessage } from './vendor-message.ts';
export { MEDIA_TYPES, SCOPES } from './vocabulary.ts';
