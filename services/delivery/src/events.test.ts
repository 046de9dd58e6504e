import { newScoreId } from '@gradewire/passback/redis';
import { createLogger, createRegistry } from '@gradewire/telemetry';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEvents, type DeliveryEvents } from './events.ts';
import { createMetrics } from './metrics.ts';
import { answer, unanswered } from './testing/fakes.ts';

let lines: Record<string, unknown>[];
let events: DeliveryEvents;
let metrics: () => Promise<string>;
const now = 1_800_000_000_000;

beforeEach(() => {
  lines = [];
  const registry = createRegistry();
  const write = (line: string) => void lines.push(JSON.parse(line));
  const logger = createLogger({ name: 'delivery', level: 'debug', destination: { write } });
  events = createEvents({ logger, metrics: createMetrics(registry), now: () => now });
  metrics = () => registry.metrics();
});

describe('events', () => {
  it('writes one line and one count per attempt', async () => {
    const attempt = { platformId: 'school', scoreId: 'sc_1', cell: 'c.u', attempt: 2, probe: false };
    events.attempted({
      ...attempt,
      stage: 'score',
      outcome: 'transient',
      reason: 'PLATFORM_DOWN',
      durationMs: 7,
    });
    expect(lines).toEqual([
      expect.objectContaining({
        event: 'attempt',
        ...attempt,
        stage: 'score',
        outcome: 'transient',
        durationMs: 7,
      }),
    ]);
    expect(await metrics()).toContain(
      'gradewire_attempts_total{platform="school",stage="score",outcome="transient"} 1',
    );
  });

  it('measures a delivery from when the score was accepted', async () => {
    const scoreId = newScoreId('school', now - 1_500);
    events.settled({ platformId: 'school', scoreId, status: 'delivered' });
    const text = await metrics();
    expect(text).toContain(
      'gradewire_scores_settled_total{platform="school",status="delivered",reason=""} 1',
    );
    expect(text).toContain('gradewire_delivery_duration_seconds_sum{platform="school"} 1.5');
  });

  it('measures no delivery of what was not delivered', async () => {
    const scoreId = newScoreId('school', now - 1_500);
    events.settled({ platformId: 'school', scoreId, status: 'dead', reason: 'EXPIRED' });
    expect(await metrics()).not.toContain('gradewire_delivery_duration_seconds_sum');
    expect(lines[0]).toMatchObject({ level: 40, status: 'dead', reason: 'EXPIRED' });
  });

  it('warns once of a lane that is held, however often its probes fail', () => {
    const held = { platformId: 'school', reason: 'CREDENTIALS_REJECTED', forMs: 1_000 };
    events.held({ ...held, level: 0, prolonged: false });
    events.held({ ...held, level: 1, prolonged: true });
    events.held({ ...held, reason: 'PLATFORM_DOWN', level: 2, prolonged: false });
    expect(lines.map(({ level }) => level)).toEqual([40, 20, 40]);
  });

  it('measures requests by what came back', async () => {
    events.requested({ profile: 'moodle', answer: answer(502) });
    events.requested({ profile: 'moodle', answer: unanswered });
    const text = await metrics();
    for (const status of ['5xx', 'none']) {
      expect(text).toContain(
        `gradewire_platform_request_duration_seconds_count{profile="moodle",endpoint="score",status_class="${status}"} 1`,
      );
    }
  });
});
