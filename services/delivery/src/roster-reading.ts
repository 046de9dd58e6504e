import { listMembers, type NoResponse, SCOPES, type SendRequest } from '@gradewire/ags';
import { classifyMembers, classifyToken, type Outcome, type Platform } from '@gradewire/passback';
import type { RosterQuery, RosterReading } from '@gradewire/passback/redis';
import type { Parts } from './parts.ts';

const scopes = [SCOPES.membershipReadonly];

/** Asks for a course's members, all pages, with one new token if the first is refused. */
async function readMembers(
  { tokens, now }: Pick<Parts, 'tokens' | 'now'>,
  { platform, membershipsUrl, send }: { platform: Platform; membershipsUrl: string; send: SendRequest },
): Promise<RosterReading> {
  for (let renewed = false; ; renewed = true) {
    const token = await tokens.get(platform, scopes, send);
    if (!token.ok) {
      if (!token.answer) return { ok: false, retryAtMs: token.retryAtMs ?? now() };
      return { ok: false, outcome: classifyToken(token.answer, platform.profile, now()) };
    }
    if (!token.token.scopes.includes(SCOPES.membershipReadonly)) return { ok: false, outcome: notGranted };
    const reading = await listMembers({ membershipsUrl, accessToken: token.token.accessToken, send });
    if (reading.ok) return { ok: true, members: reading.items, complete: !reading.truncated };
    const { answer, problem, reason } = reading;
    const outcome: Outcome = reason
      ? { kind: 'dead', reason, detail: problem }
      : classifyMembers(answer, platform.profile, now());
    if (outcome.kind !== 'renewToken' || renewed) return { ok: false, outcome };
    await tokens.drop(platform, scopes, token.token.id);
  }
}

const notGranted: Outcome = {
  kind: 'dead',
  reason: 'SCOPE_NOT_GRANTED',
  detail: 'the platform did not grant the right to read names and roles',
};

/**
 * What to ask the roster cache for, in an attempt at a cell. Reading can take many pages: before each request the right to
 * read it and the cell's lease are prolonged.
 */
export function rosterQuery(
  parts: Pick<Parts, 'tokens' | 'now'>,
  options: {
    platform: Platform;
    membershipsUrl: string;
    send: SendRequest;
    /** False: the cell is another's by now. */
    extendLease: () => Promise<boolean>;
  },
): RosterQuery {
  const { platform, membershipsUrl, send, extendLease } = options;
  return {
    platformId: platform.id,
    membershipsUrl,
    read: async (stillMine) => {
      let isLost = false;
      const reading = await readMembers(parts, {
        platform,
        membershipsUrl,
        send: async (request) => {
          await stillMine();
          isLost ||= !(await extendLease());
          return isLost ? lost(request.stage) : send(request);
        },
      });
      // It says nothing of the platform, so that nobody else is told.
      return isLost && !reading.ok ? { ok: false, retryAtMs: parts.now() } : reading;
    },
  };
}

function lost(stage: NoResponse['stage']): NoResponse {
  const detail = 'the cell was taken over by another worker';
  return { kind: 'noResponse', stage, code: 'ABORTED', maybeSeen: false, detail, durationMs: 0 };
}
