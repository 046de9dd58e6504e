import type { NoResponse, NoResponseCode, PlatformResponse } from '@gradewire/ags';
import type { Outcome } from '../outcome.ts';
import type { ProfileName } from '../profiles.ts';

export const NOW = Date.parse('2026-11-20T16:00:00Z');
export const PAGE = '<!DOCTYPE html><html><title>Log in</title></html>';

interface Extras {
  reasonPhrase?: string;
  headers?: Record<string, string>;
}

/** An answer of a platform. */
export function response(status: number, body = '', extras: Extras = {}): PlatformResponse {
  return {
    kind: 'response',
    stage: 'score',
    status,
    reasonPhrase: '',
    headers: {},
    body,
    truncated: false,
    durationMs: 5,
    ...extras,
  };
}

/** No answer. */
export function silence(code: NoResponseCode, maybeSeen: boolean): NoResponse {
  return { kind: 'noResponse', stage: 'score', code, maybeSeen, detail: 'no answer', durationMs: 5 };
}

/** The body of a refusal by Canvas. */
export function canvas(message: string): string {
  return JSON.stringify({ errors: { type: 'unprocessable_entity', message } });
}

/** The body of a refusal by Moodle. */
export function moodle(status: number, reason: string): string {
  return JSON.stringify({
    status,
    reason,
    request: { method: 'POST', url: '/x', accept: '', contentType: '' },
  });
}

/** What an outcome says in one line: kind, reason, and for transient ones whether others are hit and the end is in doubt. */
export function told(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'delivered':
    case 'older':
      return outcome.kind;
    case 'throttled':
      return `throttled ${outcome.retryAfterMs ?? '-'}`;
    case 'renewToken':
    case 'reresolve':
    case 'regrade':
      return `${outcome.kind} ${outcome.then}`;
    case 'holdCredentials':
    case 'dead':
      return `${outcome.kind} ${outcome.reason}`;
    case 'transient': {
      const marks = [outcome.systemic ? 'systemic' : 'cell', outcome.ambiguous && 'ambiguous'].filter(
        Boolean,
      );
      return `transient ${outcome.reason} > ${outcome.finalReason} ${marks.join(' ')}`;
    }
  }
}

export const DOWN = 'transient PLATFORM_DOWN > EXPIRED systemic';
export const DOWN_IN_DOUBT = `${DOWN} ambiguous`;
export const UNREADABLE = 'transient UNEXPECTED_RESPONSE > UNEXPECTED_RESPONSE systemic';
export const REDIRECTED = 'transient UNEXPECTED_REDIRECT > UNEXPECTED_REDIRECT systemic';
export const LOCKED = 'transient GRADE_LOCKED > GRADE_LOCKED cell';
export const KEYS_UNREACHABLE = 'transient CREDENTIALS_REJECTED > CREDENTIALS_REJECTED systemic';

/** A row of a table: where it is known from, whose answer it is, the answer, and what {@link told} says of it. */
export type Row = [
  source: string,
  profile: ProfileName,
  answer: PlatformResponse | NoResponse,
  expected: string,
];
