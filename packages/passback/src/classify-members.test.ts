import type { PlatformResponse } from '@gradewire/ags';
import { describe, expect, it } from 'vitest';
import { classifyMembers } from './classify.ts';
import { renewToken } from './outcome.ts';
import type { ProfileName } from './profiles.ts';

function answer(status: number, body = '', changes: Partial<PlatformResponse> = {}): PlatformResponse {
  return {
    kind: 'response',
    stage: 'membership',
    status,
    reasonPhrase: '',
    headers: {},
    body,
    truncated: false,
    durationMs: 1,
    ...changes,
  };
}

describe('classifyMembers', () => {
  it.each<[ProfileName, number, string, object]>([
    ['moodle', 401, '{"status":401,"reason":"Unauthorized"}', renewToken('UNAUTHORIZED')],
    ['canvas', 401, '{"errors":"Insufficient permissions"}', renewToken('SCOPE_NOT_GRANTED')],
    ['openedx', 403, '{"error":"above_response_limit"}', { kind: 'dead', reason: 'REJECTED' }],
    ['generic', 403, '', renewToken('FORBIDDEN')],
    ['generic', 404, '', { kind: 'dead', reason: 'CONTEXT_GONE' }],
    ['canvas', 403, 'Rate Limit Exceeded', { kind: 'throttled' }],
    ['generic', 503, '', { kind: 'transient', reason: 'PLATFORM_DOWN' }],
    ['generic', 502, '', { kind: 'transient', ambiguous: false }],
    ['generic', 400, '', { kind: 'dead', reason: 'REJECTED' }],
  ])('%s %i %s', (profile, status, body, expected) => {
    expect(classifyMembers(answer(status, body), profile)).toMatchObject(expected);
  });

  it('quotes nothing of a list of people that cannot be read', () => {
    const outcome = classifyMembers(answer(200, '{"members":[{"name":"Ada Lovelace","email":"a@'), 'generic');
    expect(outcome).toMatchObject({ kind: 'transient', reason: 'UNEXPECTED_RESPONSE' });
    expect(JSON.stringify(outcome)).not.toMatch(/Ada/);
  });
});
