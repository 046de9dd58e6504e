import { describe, expect, it } from 'vitest';
import {
  CANVAS_SUBMISSION,
  type CanvasSubmission,
  canvasSubmissionSchema,
  isAttemptByDefault,
} from './canvas-extension.ts';
import { canvasPartOf, type HandedIn } from './canvas-submission.ts';
import { parseInput } from './problem.ts';
import { type Score, scoreInputSchema } from './score.ts';

const WIRE = Date.parse('2026-11-20T16:04:05.123Z');
const decided = '2026-11-20T16:00:00.000Z';
const handedIn = '2026-11-19T10:00:00.000Z';
const again = '2026-11-20T10:00:00.000Z';

const graded: Score = {
  userId: '42',
  target: { lineItemUrl: 'https://lms.example/items/7' },
  scoreGiven: 8,
  scoreMaximum: 10,
  activityProgress: 'Completed',
  gradingProgress: 'FullyGraded',
  timestamp: decided,
};
const saying = (said: object): Partial<Score> => ({ extensions: { [CANVAS_SUBMISSION]: said } });
const file = { type: 'file', url: 'https://tool.example/essay.pdf', title: 'Essay' } as const;
const other = { ...file, url: 'https://tool.example/essay-2.pdf' };

function partOf(change: Partial<Score>, delivered?: HandedIn, withoutAttempt = false) {
  return canvasPartOf({ score: { ...graded, ...change }, delivered, wireTimestampMs: WIRE, withoutAttempt });
}

describe('an attempt', () => {
  const known = { submittedAt: handedIn };
  const update: CanvasSubmission = { new_submission: false };

  it.each<[string, Partial<Score>, HandedIn | undefined, CanvasSubmission, string | undefined]>([
    ['is work handed in for the first time', {}, undefined, {}, decided],
    ['is timed by its caller', { submission: { submittedAt: handedIn } }, undefined, {}, handedIn],
    ['is none while work goes on', { activityProgress: 'InProgress' }, undefined, update, undefined],
    ['is none for a grade that is cleared', { scoreGiven: null }, undefined, update, undefined],
    ['is none for a regrade', { scoreGiven: 9 }, known, update, handedIn],
    ['is none for the same work', { submission: { submittedAt: handedIn } }, known, update, handedIn],
    ['is work handed in again', { submission: { submittedAt: again } }, known, {}, again],
    ['is what its caller says', saying({ new_submission: true }), known, { new_submission: true }, decided],
    ['is not what its caller says is none', saying(update), undefined, update, decided],
    [
      'is none without a submission',
      saying({ submission_type: 'none' }),
      undefined,
      { submission_type: 'none' },
      decided,
    ],
  ])('%s', (_name, change, delivered, extension, submittedAt) => {
    const part = partOf(change, delivered);
    expect(part.extension).toEqual(extension);
    expect(part.submittedAt).toBe(submittedAt);
  });

  it('is still to come after a report that work goes on, or a grade that was cleared', () => {
    const begun = partOf({ activityProgress: 'Started', gradingProgress: 'Pending' });
    expect(begun.handedIn).toEqual({});
    expect(partOf({}, begun.handedIn).extension).toEqual({});
    expect(partOf({}, partOf({ scoreGiven: null }).handedIn).extension).toEqual({});
  });

  it('is remembered by its instant', () => {
    expect(partOf({}).handedIn).toEqual({ submittedAt: decided });
    expect(partOf({ scoreGiven: 9 }, { submittedAt: handedIn }).handedIn).toEqual({ submittedAt: handedIn });
    const { timestamp: _, ...undated } = graded;
    const part = canvasPartOf({ score: undated, wireTimestampMs: WIRE });
    expect(part.handedIn).toEqual({ submittedAt: '2026-11-20T16:04:05.123Z' });
  });

  describe('that Canvas does not allow', () => {
    it('is left out, the work counting as handed in', () => {
      const part = partOf({ submission: { submittedAt: again } }, known, true);
      expect(part.extension).toEqual(update);
      expect(part.handedIn).toEqual({ submittedAt: again });
      expect(partOf({ submission: { submittedAt: again } }, part.handedIn).extension).toEqual(update);
    });

    it('is not left out where its caller asked for it', () => {
      const own = { new_submission: true };
      expect(partOf(saying(own), undefined, true).extension).toEqual(own);
    });

    it.each<[string, object, boolean]>([
      ['nothing said', {}, true],
      ['the score preserved', { [CANVAS_SUBMISSION]: { preserve_score: true } }, true],
      ['asked for', { [CANVAS_SUBMISSION]: { new_submission: true } }, false],
      ['none', { [CANVAS_SUBMISSION]: { new_submission: false } }, false],
    ])('was one by default: %s', (_name, body, expected) => {
      expect(isAttemptByDefault(body)).toBe(expected);
    });
  });
});

describe('files', () => {
  const first = partOf(saying({ content_items: [file] }));

  it('go with the first attempt', () => {
    expect(first.extension).toEqual({ content_items: [file] });
    expect(first.handedIn).toMatchObject({ submittedAt: decided, filesHash: expect.any(String) });
  });

  it('do not go again with a regrade: Canvas would fetch them and leave them', () => {
    const said = { content_items: [file], submission_type: 'online_upload' };
    const part = partOf({ ...saying(said), scoreGiven: 9 }, first.handedIn);
    expect(part.extension).toEqual({ new_submission: false });
    expect(part.handedIn).toEqual(first.handedIn);
  });

  it('that are others are an attempt of now', () => {
    const change = { ...saying({ content_items: [other] }), timestamp: again };
    expect(partOf(change, first.handedIn)).toMatchObject({
      extension: { content_items: [other] },
      submittedAt: again,
    });
  });

  it('that come after an attempt without any are an attempt', () => {
    const part = partOf(saying({ content_items: [file] }), { submittedAt: handedIn });
    expect(part.extension).toEqual({ content_items: [file] });
    expect(part.submittedAt).toBe(decided);
  });

  it('wait until the work is handed in', () => {
    const begun = partOf({ ...saying({ content_items: [file] }), activityProgress: 'InProgress' });
    expect(begun.extension).toEqual({ new_submission: false });
    expect(partOf(saying({ content_items: [file] }), begun.handedIn).extension).toEqual({
      content_items: [file],
    });
  });
});

describe('canvasSubmissionSchema', () => {
  it.each<[string, object]>([
    ['nothing', {}],
    ['members it does not know', { future_member: { a: 1 } }],
    ['every member', { ...everything() }],
    ['a file by its address alone', { content_items: [{ type: 'file', url: file.url }] }],
    ['what a file may have besides', { content_items: [{ ...file, checksum: 'x' }] }],
  ])('takes %s', (_name, said) => {
    expect(canvasSubmissionSchema.safeParse(said).success).toBe(true);
  });

  it.each<[string, object, string[]]>([
    ['a text for a flag', { new_submission: 'false' }, ['/new_submission']],
    ['a type that Canvas does not know', { submission_type: 'file' }, ['/submission_type']],
    ['an upload without files', { submission_type: 'online_upload' }, ['/content_items']],
    ['no list', { content_items: file }, ['/content_items']],
    ['an empty list', { content_items: [] }, ['/content_items']],
    ['more than a hundred files', { content_items: Array(101).fill(file) }, ['/content_items']],
    ['what is no file', { content_items: [{ ...file, type: 'link' }] }, ['/content_items/0/type']],
    ['a file that is nowhere', { content_items: [file, { type: 'file' }] }, ['/content_items/1/url']],
    ['an address by file:', { content_items: [{ ...file, url: 'file:///etc' }] }, ['/content_items/0/url']],
    [
      'an address with a password',
      { content_items: [{ ...file, url: 'https://a:b@x' }] },
      ['/content_items/0/url'],
    ],
    ['an instant without a zone', { submitted_at: '2026-11-20T10:00:00' }, ['/submitted_at']],
  ])('of a score refuses %s', (_name, said, pointers) => {
    const input = { ...graded, platformId: 'canvas', ...saying(said) };
    const parsed = parseInput(scoreInputSchema, input);
    const prefix = '/extensions/https:~1~1canvas.instructure.com~1lti~1submission';
    const found = parsed.ok ? [] : parsed.problems.map(({ pointer }) => pointer);
    expect(found).toEqual(pointers.map((pointer) => prefix + pointer));
  });
});

function everything(): CanvasSubmission {
  return {
    new_submission: true,
    preserve_score: false,
    prioritize_non_tool_grade: true,
    submission_type: 'online_upload',
    submission_data: 'text',
    submitted_at: handedIn,
    content_items: [{ ...file, media_type: 'application/pdf' }],
  };
}
