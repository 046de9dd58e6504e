import { expect, it } from 'vitest';
import { type DrainParts, drainCallback } from './drain-callback.ts';

const secret = `whsec_${Buffer.alloc(24).toString('base64')}`;
const redisNowMs = Date.parse('2026-11-20T16:00:00Z');

it('signs with the time of Redis, whatever the clock of this machine', async () => {
  const stamps: (string | undefined)[] = [];
  const unit = { id: 'ev_1', claim: '1', url: 'https://app.example/', body: '{}', tries: 0, isProbe: false };
  const taken = [[unit], []].map((units) => ({ nowMs: redisNowMs, secrets: [secret], units, unreadable: 0 }));
  const parts = {
    digests: { cut: async () => 0 },
    units: {
      take: async () => taken.shift(),
      settle: async () => ({ outcome: 'delivered', callbackIds: [] }),
      failDisabled: async () => 0,
      trim: async () => undefined,
      waitMs: async () => undefined,
    },
    send: async ({ headers }: { headers: Record<string, string> }) => {
      stamps.push(headers['webhook-timestamp']);
      return { kind: 'response', status: 204, reasonPhrase: '', headers: {}, durationMs: 1 };
    },
    events: { attempted: () => undefined },
    now: () => redisNowMs + 600_000,
    wait: () => new Promise(() => undefined),
  } as unknown as DrainParts;
  expect(await drainCallback(parts, 'app', new AbortController().signal)).toBeUndefined();
  expect(stamps).toEqual([String(redisNowMs / 1_000)]);
});
