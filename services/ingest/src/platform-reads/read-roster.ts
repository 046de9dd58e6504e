import { listMembers, SCOPES } from '@gradewire/ags';
import { classifyMembers, type Roster } from '@gradewire/passback';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';
import { platformProblem } from './answered.ts';
import type { OpenPlatform } from './platform-reads.ts';

/** How old a roster may be that a person asks for: a platform is not asked for the same one more often than this. */
const FRESH_MS = 30_000;
/** How long a person waits while another process reads it. */
const PATIENCE_MS = 20_000;

/**
 * A course's members, read now or just now, or as long ago as will do. What is read here serves the scores that wait for it,
 * too.
 * @throws Problem
 */
export async function readRoster(
  { rosters, now }: Pick<Context, 'rosters' | 'now'>,
  { platform, ask }: OpenPlatform,
  membershipsUrl: string,
  { maxAgeMs = FRESH_MS }: { maxAgeMs?: number } = {},
): Promise<Roster> {
  const result = await rosters.get({
    platformId: platform.id,
    membershipsUrl,
    maxAgeMs,
    patienceMs: PATIENCE_MS,
    read: async (stillMine) => {
      const reading = await ask({
        scopes: [SCOPES.membershipReadonly],
        classify: classifyMembers,
        run: ({ accessToken, send }) =>
          listMembers({
            membershipsUrl,
            accessToken,
            send: async (request) => {
              await stillMine();
              return send(request);
            },
          }),
      });
      return reading.ok ? { ok: true, members: reading.items, complete: !reading.truncated } : reading;
    },
  });
  if (result.ok) return result.roster;
  if ('outcome' in result) throw platformProblem(result.outcome);
  throw new Problem('PLATFORM_UNAVAILABLE', {
    detail: 'The members are being read, or could not be read just now; try again soon.',
    retryAfterSeconds: Math.max(1, Math.ceil((result.retryAtMs - now()) / 1_000)),
  });
}
