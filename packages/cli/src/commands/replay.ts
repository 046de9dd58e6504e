import { setTimeout as sleep } from 'node:timers/promises';
import type { Replay, ReplayFilter, ReplayInput } from '@gradewire/sdk';
import { type Context, defineCommand } from '../command/command.ts';
import { UsageError } from '../command/errors.ts';
import { EXIT } from '../command/exit-code.ts';
import { numberFlag } from '../command/numbers.ts';
import { countText } from '../terminal/format.ts';
import { startProgress } from '../terminal/progress.ts';

const POLL_MS = 500;

export const replay = defineCommand({
  words: ['replay'],
  summary: 'Send many refused scores again: those of a platform, by reason, column, student or time',
  details: `
Each student and column gets its newest score, never an older one. With --status delivered, what was delivered is sent
again: for a platform that was restored from a backup. Ctrl-C stops watching, not the replay. Ends with 3 when some failed again.`,
  examples: ['gradewire replay --platform moodle --reason GRADE_LOCKED --dry-run'],
  flags: {
    platform: { value: 'ID', help: 'the platform', required: true },
    reason: { value: 'CODE', help: 'only with this reason' },
    user: { value: 'ID', help: 'only of this student' },
    'line-item': { value: 'URL', help: 'only of this column' },
    since: { value: 'TIME', help: 'only since' },
    until: { value: 'TIME', help: 'only before' },
    status: { value: 'WORD', help: 'dead (default) or delivered' },
    rate: { value: 'N', help: 'scores per second at most' },
    'dry-run': { help: 'only say how many there are' },
  },
  async run(context, flags) {
    const { status = 'dead' } = flags;
    if (status !== 'dead' && status !== 'delivered')
      throw new UsageError('--status must be dead or delivered');
    const ratePerSecond = numberFlag('rate', flags.rate, { min: 0 });
    const filter: ReplayFilter = {
      platformId: flags.platform,
      ...(status === 'delivered' ? { status } : {}),
      ...(flags.reason ? { reason: flags.reason } : {}),
      ...(flags.user ? { userId: flags.user } : {}),
      ...(flags['line-item'] ? { lineItemUrl: flags['line-item'] } : {}),
      ...(flags.since ? { since: flags.since } : {}),
      ...(flags.until ? { until: flags.until } : {}),
    };
    const input = { filter, ...(ratePerSecond ? { ratePerSecond } : {}) };
    return flags['dry-run'] ? await count(context, input) : await run(context, input);
  },
});

async function count({ gradewire, out, json, signal }: Context, input: ReplayInput) {
  const matched = await gradewire().replays.count(input, { signal });
  out.line(json ? JSON.stringify({ matched }) : `${countText(matched, 'score')} would be sent again.`);
  return EXIT.ok;
}

async function run({ gradewire, out, err, json, signal }: Context, input: ReplayInput) {
  const started = await gradewire().replays.start(input, { signal });
  const ended = await watch(started, () => gradewire().replays.get(started.id, { signal }), err, signal);
  if (json) out.line(JSON.stringify(ended));
  else {
    const { id, status, replayed, delivered, failed } = ended;
    out.line(
      `Replay ${id} ${status}: ${replayed} sent again, ${delivered} delivered, ${failed} refused again.`,
    );
    if (failed > 0) out.line('See why: gradewire dead-letter list --platform ID');
  }
  return ended.failed > 0 ? EXIT.notDelivered : EXIT.ok;
}

async function watch(started: Replay, look: () => Promise<Replay>, err: Context['err'], signal: AbortSignal) {
  using progress = startProgress(err, 'Replaying', started.matched);
  let seen = started;
  for (;;) {
    progress.update(seen.delivered + seen.failed, seen.failed > 0 ? `${seen.failed} refused again` : '');
    if (seen.status !== 'running') return seen;
    await sleep(POLL_MS, undefined, { signal });
    seen = await look();
  }
}
