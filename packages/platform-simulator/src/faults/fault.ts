import type { Endpoint } from '../services/routes.ts';

/** `jwksFetch` is the platform fetching the tool's keys; all others are requests of the tool. */
export type FaultEndpoint = Endpoint | 'jwksFetch';

export interface FaultMatch {
  /** Left out: everything but `jwksFetch`. */
  endpoint?: FaultEndpoint | readonly FaultEndpoint[];
  method?: string;
  userId?: string;
  lineItemId?: string;
  courseId?: string;
  /** Only the nth request that matches, counted from 1. */
  nth?: number;
}

export type FaultAction =
  | {
      kind: 'status';
      status: number;
      reason?: string;
      headers?: Record<string, string>;
      body?: unknown;
      apply?: boolean;
    }
  | { kind: 'delay'; ms: number; jitterMs?: number; apply?: boolean }
  | { kind: 'hang' | 'drop' | 'html' | 'truncate'; apply?: boolean }
  | { kind: 'huge'; bytes?: number; apply?: boolean }
  | {
      kind: 'throttle';
      retryAfter?: 'seconds' | 'date' | 'none';
      retryAfterSeconds?: number;
      status?: number;
      body?: string;
      ratePerSecond?: number;
      burst?: number;
    }
  | { kind: 'vendorThrottle' | 'revokeTokens' | 'maintenance' | 'databaseDown' }
  | { kind: 'clockSkew'; ms: number }
  | { kind: 'down'; ms: number };

/** A scripted fault: what it meets and what it does. */
export interface Fault {
  id?: string;
  match?: FaultMatch;
  /** Fires so often, then is spent. */
  count?: number;
  /** 0 to 1. */
  probability?: number;
  action: FaultAction;
}

export type FaultActionKind = FaultAction['kind'];

/** Actions that change the request's circumstances and let the next fault have its turn. */
export function passesOn(action: FaultAction): boolean {
  return action.kind === 'delay' || action.kind === 'clockSkew' || action.kind === 'revokeTokens';
}
