import type { PlatformAnswer, SendRequest } from '@gradewire/ags';
import type { Outcome } from '../outcome.ts';
import type { Platform } from '../platform.ts';
import type { ReasonCode } from '../reasons.ts';
import { checkTargetOrigins, type Target } from '../target.ts';
import type { TokenResult } from './token-cache.ts';

/** Where a target's scores go, or why that is not known now. `wait` costs no attempt: another is at it. */
export type Resolution =
  | { kind: 'resolved'; lineItemUrl: string; column: string; created: boolean; warning?: string }
  | { kind: 'wait'; retryAtMs: number }
  | { kind: 'failed'; outcome: Outcome; stage: 'token' | 'lineItem'; answer?: PlatformAnswer };

export interface ResolveInput {
  platform: Platform;
  target: Target;
  /** The line item that the target stood for until the platform said that there is none. */
  gone?: string | undefined;
  /** A token with these scopes, or fewer if the platform grants fewer. */
  accessToken: (scopes: readonly string[]) => Promise<TokenResult>;
  /** Forgets exactly this token after it was refused. */
  dropToken: (scopes: readonly string[], tokenId: string) => Promise<void>;
  /** Instead of the resolver's own: such as one that counts against the platform's budget. */
  send?: SendRequest;
}

/** Whether a line item is where the platform's tokens may go. */
export function isOurs(lineItemUrl: string, platform: Platform): boolean {
  return checkTargetOrigins({ lineItemUrl }, platform).length === 0;
}

export function dead(reason: ReasonCode, detail: string): Resolution & { kind: 'failed' } {
  return { kind: 'failed', outcome: { kind: 'dead', reason, detail }, stage: 'lineItem' };
}

/** The failure of a line item that is not where the platform's tokens may go. */
export function foreign(): Resolution & { kind: 'failed' } {
  return dead('ORIGIN_NOT_ALLOWED', 'the line item is not on an origin of this platform');
}
