import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInput } from './problem.ts';
import { batchInputSchema, isProgressReport, scoreInputSchema, scoreOf } from './score.ts';

const minimal = {
  platformId: 'moodle',
  userId: '42',
  target: { lineItemUrl: 'https://lms.example/items/7?type_id=3' },
  scoreGiven: 87.5,
  scoreMaximum: 100,
};

const full = {
  ...minimal,
  target: {
    lineItemsUrl: 'https://lms.example/items',
    resourceLinkId: 'link',
    resourceId: 'quiz',
    tag: 'late',
    create: {
      label: 'Quiz',
      scoreMaximum: 10,
      startDateTime: '2026-01-01T00:00:00.000Z',
      endDateTime: '2026-02-01T00:00:00.000Z',
      gradesReleased: true,
      extensions: { 'https://canvas.instructure.com/lti/submission_type': { type: 'none' } },
    },
  },
  activityProgress: 'Submitted',
  gradingProgress: 'PendingManual',
  timestamp: '2026-11-20T16:04:05.123Z',
  comment: 'Well done\nsee line 3',
  submission: { startedAt: '2026-11-20T15:00:00.000Z', submittedAt: '2026-11-20T16:00:00.000Z' },
  scoringUserId: '7',
  extensions: { 'https://canvas.instructure.com/lti/submission': { new_submission: false } },
  force: true,
  externalId: 'sub-1',
  metadata: { run: { id: 1 } },
};

function pointersOf(input: unknown): string[] {
  const result = parseInput(scoreInputSchema, input);
  return result.ok ? [] : result.problems.map(({ pointer }) => pointer);
}

describe('scoreInputSchema', () => {
  it('takes the least there can be, and says how far it is', () => {
    expect(parseInput(scoreInputSchema, minimal)).toEqual({
      ok: true,
      value: { ...minimal, activityProgress: 'Completed', gradingProgress: 'FullyGraded' },
    });
  });

  it('takes everything and changes nothing that is in its form', () => {
    expect(parseInput(scoreInputSchema, full)).toEqual({ ok: true, value: full });
  });

  it.each([
    ['a launch as target', { target: { launchId: 'l_1', resourceId: 'quiz' } }],
    ['null to clear', { scoreGiven: null, scoreMaximum: undefined }],
    ['null with a maximum', { scoreGiven: null }],
    ['no points with a progress report', { scoreGiven: undefined, gradingProgress: 'Pending' }],
    ['more points than the maximum', { scoreGiven: 120 }],
    ['no points', { scoreGiven: 0 }],
    ['a maximum below 1', { scoreGiven: 0.2, scoreMaximum: 0.5 }],
    [
      'an http address, which the platform decides on',
      { target: { lineItemUrl: 'http://127.0.0.1:8900/items/1' } },
    ],
    ['an empty comment', { comment: '' }],
    ['the longest user id', { userId: 'u'.repeat(255) }],
    ['the longest comment', { comment: 'c'.repeat(65_536) }],
    ['4 KiB of metadata', { metadata: { a: 'm'.repeat(4096 - 8) } }],
  ])('takes %s', (_name, change) => {
    expect(pointersOf({ ...minimal, ...change })).toEqual([]);
  });

  const create = { label: 'Quiz', scoreMaximum: 10 };
  const look = { lineItemsUrl: 'https://lms.example/items', resourceId: 'quiz' };

  it.each<[string, unknown, string[]]>([
    ['no platform', { platformId: undefined }, ['/platformId']],
    ['a platform that is no slug', { platformId: 'Moodle!' }, ['/platformId']],
    ['a platform of 64 characters', { platformId: 'p'.repeat(64) }, ['/platformId']],
    ['no user', { userId: undefined }, ['/userId']],
    ['a number as user', { userId: 42 }, ['/userId']],
    ['an empty user', { userId: '' }, ['/userId']],
    ['a blank user', { userId: '  ' }, ['/userId']],
    ['a user of 256 characters', { userId: 'u'.repeat(256) }, ['/userId']],
    ['a user with a control character', { userId: 'a\u0000b' }, ['/userId']],
    ['a user that cannot be stored', { userId: 'a\ud800' }, ['/userId']],
    ['no target', { target: undefined }, ['/target']],
    ['a target that is none', { target: 'x' }, ['/target']],
    ['an empty target', { target: {} }, ['/target']],
    ['a line item that is no URL', { target: { lineItemUrl: 'items/7' } }, ['/target/lineItemUrl']],
    ['a line item that is a number', { target: { lineItemUrl: 7 } }, ['/target/lineItemUrl']],
    [
      'a line item with a user name',
      { target: { lineItemUrl: 'https://a:b@lms.example/7' } },
      ['/target/lineItemUrl'],
    ],
    [
      'a line item by another scheme',
      { target: { lineItemUrl: 'file:///etc/passwd' } },
      ['/target/lineItemUrl'],
    ],
    [
      'a line item of 2049 characters',
      { target: { lineItemUrl: `https://lms.example/${'7'.repeat(2029)}` } },
      ['/target/lineItemUrl'],
    ],
    [
      'a target with more',
      { target: { ...minimal.target, color: 1, size: 2 } },
      ['/target/color', '/target/size'],
    ],
    ['a container without a resource', { target: { lineItemsUrl: look.lineItemsUrl } }, ['/target']],
    ['a container that is no URL', { target: { ...look, lineItemsUrl: 'x' } }, ['/target/lineItemsUrl']],
    [
      'a resource of 513 characters',
      { target: { ...look, resourceId: 'r'.repeat(513) } },
      ['/target/resourceId'],
    ],
    ['a tag of 256 characters', { target: { ...look, tag: 't'.repeat(256) } }, ['/target/tag']],
    [
      'many faults in one target',
      { target: { ...look, resourceId: 5, create: { label: '', z: 1 } } },
      ['/target/create/label', '/target/create/scoreMaximum', '/target/create/z', '/target/resourceId'],
    ],
    [
      'a label of 256 characters',
      { target: { ...look, create: { ...create, label: 'l'.repeat(256) } } },
      ['/target/create/label'],
    ],
    [
      'a column of no points',
      { target: { ...look, create: { ...create, scoreMaximum: 0 } } },
      ['/target/create/scoreMaximum'],
    ],
    [
      'a column from a time without a zone',
      { target: { ...look, create: { ...create, startDateTime: '2026-01-01T00:00:00' } } },
      ['/target/create/startDateTime'],
    ],
    ['an empty launch', { target: { launchId: '' } }, ['/target/launchId']],
    ['points as text', { scoreGiven: '87' }, ['/scoreGiven']],
    ['negative points', { scoreGiven: -1 }, ['/scoreGiven']],
    ['endless points', { scoreGiven: Number.POSITIVE_INFINITY }, ['/scoreGiven']],
    ['points that are no number', { scoreGiven: Number.NaN }, ['/scoreGiven']],
    ['points without a maximum', { scoreMaximum: undefined }, ['/scoreMaximum']],
    ['a maximum of 0', { scoreMaximum: 0 }, ['/scoreMaximum']],
    ['a negative maximum', { scoreMaximum: -5 }, ['/scoreMaximum']],
    ['fully graded without points', { scoreGiven: undefined }, ['/scoreGiven']],
    ['a progress nobody knows', { activityProgress: 'Done' }, ['/activityProgress']],
    ['a grading nobody knows', { gradingProgress: 'fullygraded' }, ['/gradingProgress']],
    ['a timestamp without a zone', { timestamp: '2026-11-20T16:04:05' }, ['/timestamp']],
    ['a timestamp that is a date', { timestamp: '2026-11-20' }, ['/timestamp']],
    ['a timestamp that is a number', { timestamp: 1763654645 }, ['/timestamp']],
    ['a timestamp on no day', { timestamp: '2026-02-30T00:00:00Z' }, ['/timestamp']],
    ['a timestamp before 1970', { timestamp: '1969-12-31T23:59:59Z' }, ['/timestamp']],
    ['a comment that is a number', { comment: 5 }, ['/comment']],
    ['a comment of 65,537 characters', { comment: 'c'.repeat(65_537) }, ['/comment']],
    [
      'a submission without a zone',
      { submission: { submittedAt: '2026-11-20T16:04:05' } },
      ['/submission/submittedAt'],
    ],
    ['a submission with more', { submission: { by: 'me' } }, ['/submission/by']],
    ['a grader that is a number', { scoringUserId: 7 }, ['/scoringUserId']],
    ['an extension without a URL', { extensions: { canvas: 1 } }, ['/extensions/canvas']],
    ['an extension by http', { extensions: { 'http://x': 1 } }, ['/extensions/http:~1~1x']],
    [
      '16 KiB of extensions and more',
      { extensions: { 'https://x.example/': 'e'.repeat(16_384) } },
      ['/extensions'],
    ],
    ['force as text', { force: 'yes' }, ['/force']],
    ['an external id of 256 characters', { externalId: 'e'.repeat(256) }, ['/externalId']],
    ['metadata that is a list', { metadata: [1] }, ['/metadata']],
    ['more than 4 KiB of metadata', { metadata: { a: 'm'.repeat(4096 - 7) } }, ['/metadata']],
    ['more than 4 KiB of metadata by bytes', { metadata: { a: '\u00e9'.repeat(2050) } }, ['/metadata']],
    ['an unknown member', { score: 5 }, ['/score']],
    [
      'several faults',
      { userId: 1, scoreGiven: 'x', timestamp: 'now' },
      ['/scoreGiven', '/timestamp', '/userId'],
    ],
  ])('names the member at fault: %s', (_name, change, pointers) => {
    expect(pointersOf({ ...minimal, ...(change as object) }).sort()).toEqual(pointers);
  });

  it.each([[null], [[]], ['text'], [5], [undefined]])('refuses %j as a whole', (input) => {
    expect(pointersOf(input)).toEqual(['']);
  });

  it('refuses metadata nested without end, and does not fall over it', () => {
    const metadata = JSON.parse(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect(pointersOf({ ...minimal, metadata })).toEqual(['/metadata']);
  });

  it.each([
    ['2026-11-20T16:04:05Z', '2026-11-20T16:04:05.000Z'],
    ['2026-11-20T17:04:05.1+01:00', '2026-11-20T16:04:05.100Z'],
    ['2026-11-20T10:34:05.123456-05:30', '2026-11-20T16:04:05.123Z'],
  ])('brings %s to UTC with milliseconds', (timestamp, expected) => {
    expect(scoreInputSchema.parse({ ...minimal, timestamp }).timestamp).toBe(expected);
  });

  it('keeps the instant of any timestamp with a zone', () => {
    const instant = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(9998, 0, 1) });
    const offset = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(instant, offset, (at, minutes) => {
        const clock = new Date(at + minutes * 60_000).toISOString().slice(0, -1);
        const hours = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0');
        const rest = String(Math.abs(minutes) % 60).padStart(2, '0');
        const timestamp = `${clock}${minutes < 0 ? '-' : '+'}${hours}:${rest}`;
        expect(scoreInputSchema.parse({ ...minimal, timestamp }).timestamp).toBe(new Date(at).toISOString());
      }),
    );
  });

  it('reads back what it gave, for any good score', () => {
    const name = fc
      .string({ minLength: 1, maxLength: 255 })
      .filter((text) => text.trim() !== '' && !/\p{Cc}/u.test(text));
    const good = fc.record(
      {
        platformId: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/),
        userId: name,
        target: fc.oneof(
          fc.constant(minimal.target),
          fc.constant(full.target),
          fc.record({ launchId: name, tag: name }, { requiredKeys: ['launchId'] }),
        ),
        scoreGiven: fc.oneof(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
        scoreMaximum: fc.double({ min: 0, minExcluded: true, noNaN: true, noDefaultInfinity: true }),
        comment: fc.string(),
        metadata: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
      },
      { requiredKeys: ['platformId', 'userId', 'target', 'scoreGiven', 'scoreMaximum'] },
    );
    fc.assert(
      fc.property(good, (input) => {
        const once = scoreInputSchema.safeParse(JSON.parse(JSON.stringify(input)));
        if (!once.success) return;
        expect(scoreInputSchema.parse(once.data)).toEqual(once.data);
      }),
    );
  });
});

describe('batchInputSchema', () => {
  it.each([
    ['one score', { scores: [minimal] }, true],
    ['what is no score, which is refused by itself', { scores: [null, 5] }, true],
    ['1000 scores', { scores: Array(1000).fill(minimal) }, true],
    ['1001 scores', { scores: Array(1001).fill(minimal) }, false],
    ['none', { scores: [] }, false],
    ['no list', { scores: minimal }, false],
    ['more than scores', { scores: [minimal], platformId: 'moodle' }, false],
  ])('%s: %s', (_name, input, expected) => {
    expect(parseInput(batchInputSchema, input).ok).toBe(expected);
  });
});

describe('scoreOf', () => {
  it('leaves out the platform and what is undefined', () => {
    const parsed = scoreInputSchema.parse({ ...minimal, comment: undefined });
    expect(scoreOf(parsed)).toStrictEqual({
      userId: '42',
      target: minimal.target,
      scoreGiven: 87.5,
      scoreMaximum: 100,
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
    });
  });

  it('keeps a null that clears', () => {
    expect(scoreOf(scoreInputSchema.parse({ ...minimal, scoreGiven: null }))).toMatchObject({
      scoreGiven: null,
    });
  });
});

describe('isProgressReport', () => {
  it.each([
    [{ scoreGiven: 5, gradingProgress: 'FullyGraded' }, false],
    [{ scoreGiven: 5, gradingProgress: 'Pending' }, true],
    [{ gradingProgress: 'NotReady' }, true],
    [{ scoreGiven: null, gradingProgress: 'NotReady' }, false],
    [{ scoreGiven: null, gradingProgress: 'FullyGraded' }, false],
  ] as const)('%j: %s', (score, expected) => {
    expect(isProgressReport(score)).toBe(expected);
  });
});
