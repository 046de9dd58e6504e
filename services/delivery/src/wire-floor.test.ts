import { describe, expect, it } from 'vitest';
import { answer, unanswered } from './testing/fakes.ts';
import { wireFloorMs } from './wire-floor.ts';

const now = Date.parse('2026-01-01T00:00:10.400Z');
const dated = (date: string) => answer(200, '', { headers: { date } });

describe('wireFloorMs', () => {
  it.each([
    ['Moodle’s clock, to the end of its second', dated('Thu, 01 Jan 2026 00:00:12 GMT'), now + 2_600],
    ['never before now, should its clock be slow', dated('Thu, 01 Jan 2026 00:00:02 GMT'), now],
    ['now, should it say nothing', answer(200), now],
    ['now, should it say nonsense', dated('yesterday'), now],
    ['now, without an answer', unanswered, now],
  ])('is %s', (_name, given, floor) => {
    expect(wireFloorMs('moodle', given, now)).toBe(floor);
  });

  it('is Moodle’s alone', () => {
    expect(wireFloorMs('generic', answer(200), now)).toBeUndefined();
  });
});
