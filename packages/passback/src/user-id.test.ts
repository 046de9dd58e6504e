import { describe, expect, it } from 'vitest';
import { PROFILES } from './profiles.ts';
import { REASONS } from './reasons.ts';
import { refusedUserId } from './user-id.ts';

describe('refusedUserId', () => {
  it.each([
    ['moodle', '42'],
    ['moodle', '007'],
    ['canvas', '5f1c-ab'],
    ['generic', 'ann@example.org'],
  ] as const)('lets %s judge %s itself', (profile, userId) => {
    expect(refusedUserId(userId, PROFILES[profile])).toBeUndefined();
  });

  it.each(['abc', '1'.repeat(20), '4 2', '-1', '٤٢'])(
    'refuses for Moodle %s, which it would answer like an outage (recorded from 4.5.6)',
    (userId) => {
      const outcome = refusedUserId(userId, PROFILES.moodle);
      expect(outcome).toMatchObject({ kind: 'dead', reason: 'USER_NOT_FOUND' });
      expect(outcome?.detail).not.toContain(userId);
      expect(REASONS.USER_NOT_FOUND.systemic).toBe(false);
    },
  );
});
