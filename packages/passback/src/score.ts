import { z } from 'zod';
import { CANVAS_SUBMISSION, canvasSubmissionSchema } from './canvas-extension.ts';
import {
  extensionsField,
  jsonObjectField,
  nameField,
  pointsAvailableField,
  textField,
  timestampField,
} from './input-fields.ts';
import { platformIdSchema } from './platform-id.ts';
import { type LaunchTarget, type Target, targetSchema } from './target.ts';
import { type UserSelector, userSelectorSchema } from './user-selector.ts';

const MAX_COMMENT_LENGTH = 65_536;
const MAX_METADATA_BYTES = 4096;
const MAX_BATCH = 1000;

export type { LaunchTarget, Target } from './target.ts';

/** The body of `POST /v1/scores`. */
export const scoreInputSchema = z
  .strictObject({
    platformId: platformIdSchema,
    userId: nameField(255).optional().meta({
      description:
        "The platform's id of the student: `sub` of the launch, `user_id` of the roster. Either this or `user`.",
      example: '42',
    }),
    user: userSelectorSchema.optional(),
    target: targetSchema,
    scoreGiven: z.number().min(0, 'must be 0 or more').nullable().optional().meta({
      description: 'The points given; may exceed scoreMaximum. Only null clears a grade.',
      example: 87.5,
    }),
    scoreMaximum: pointsAvailableField().optional().meta({
      description: 'The scale of scoreGiven, required with it. The platform converts to its own.',
      example: 100,
    }),
    activityProgress: z
      .enum(['Initialized', 'Started', 'InProgress', 'Submitted', 'Completed'])
      .default('Completed')
      .meta({ description: 'How far the student is.' }),
    gradingProgress: z
      .enum(['FullyGraded', 'Pending', 'PendingManual', 'Failed', 'NotReady'])
      .default('FullyGraded')
      .meta({ description: 'How far the grading is. Anything but FullyGraded is a progress report.' }),
    timestamp: timestampField().optional().meta({
      description:
        'When the score was decided; orders the scores of a cell. Needs a zone. At most 60 s ahead. Default: now.',
      example: '2026-11-20T16:04:05.123Z',
    }),
    comment: textField(MAX_COMMENT_LENGTH).optional().meta({ description: 'Shown to the student.' }),
    submission: z
      .strictObject({ startedAt: timestampField().optional(), submittedAt: timestampField().optional() })
      .optional()
      .meta({ description: "The student's work: when it was begun and handed in." }),
    scoringUserId: nameField(255).optional().meta({ description: "The platform's id of the human grader." }),
    extensions: extensionsField()
      .optional()
      .meta({
        description:
          "Vendors' members of the score, named by a URL; each goes to its vendor only. Of Canvas' `submission` the members that Canvas knows are checked: `content_items` are files (`type`, `url`, and `title` or `media_type`) that it fetches and hands in with a new attempt.",
        example: { 'https://canvas.instructure.com/lti/submission': { new_submission: false } },
      }),
    force: z
      .boolean()
      .optional()
      .meta({ description: 'Send it even if unchanged, or if it would clear a grade of ours.' }),
    overwrite: z.enum(['always', 'unlessEdited']).optional().meta({
      description:
        'Whether to replace a grade that somebody else put into the gradebook. `unlessEdited` reads the result before it posts: where a teacher has entered, changed or removed the grade it stays so, and the score settles `superseded`, `KEPT_TEACHERS_GRADE`; where results cannot be read the score is not posted but dead, `RESULTS_UNREADABLE`.',
      default: 'always',
    }),
    externalId: nameField(255)
      .optional()
      .meta({ description: 'Your id, for searching. Never deduplicates.' }),
    metadata: jsonObjectField(z.string(), MAX_METADATA_BYTES)
      .optional()
      .meta({ description: 'Anything of yours, up to 4 KiB; comes back in reads and callbacks.' }),
  })
  .superRefine((score, context) => {
    const { userId, user, target, scoreGiven, scoreMaximum, gradingProgress } = score;
    if ((userId === undefined) === (user === undefined)) {
      const message = user ? 'must not be given together with user' : 'is required, or else user';
      context.addIssue({ code: 'custom', path: ['userId'], message });
    }
    if (user && !('launchId' in target)) {
      const message = 'needs a target with a launchId: only a launch tells where the roster is';
      context.addIssue({ code: 'custom', path: ['user'], message });
    }
    if (typeof scoreGiven === 'number' && scoreMaximum === undefined) {
      context.addIssue({ code: 'custom', path: ['scoreMaximum'], message: 'is required with scoreGiven' });
    }
    if (scoreGiven === undefined && gradingProgress === 'FullyGraded') {
      context.addIssue({
        code: 'custom',
        path: ['scoreGiven'],
        message: 'is required when gradingProgress is FullyGraded; null clears the grade',
      });
    }
    const submission = score.extensions?.[CANVAS_SUBMISSION];
    const read = submission === undefined ? undefined : canvasSubmissionSchema.safeParse(submission);
    for (const { path, message } of read?.error?.issues ?? []) {
      context.addIssue({ code: 'custom', path: ['extensions', CANVAS_SUBMISSION, ...path], message });
    }
  })
  .meta({ id: 'ScoreInput', description: 'The score that one student should have in one gradebook column.' });

/** The body of `POST /v1/scores`, parsed. */
export type ScoreInput = z.output<typeof scoreInputSchema>;

/**
 * The body of `POST /v1/scores/batch`. Only the list is checked; each score is to be parsed by itself with
 * `scoreInputSchema`, so that a bad one does not keep the good ones out.
 */
export const batchInputSchema = z
  .strictObject({
    scores: z
      .array(z.unknown().meta({ override: { $ref: '#/components/schemas/ScoreInput' } }))
      .min(1, 'must hold at least one score')
      .max(MAX_BATCH, `must hold at most ${MAX_BATCH} scores`),
  })
  .meta({ id: 'BatchInput', description: 'Up to 1000 scores, each accepted or refused by itself.' });

/** What a score says, whoever it is about: what the caller gave, no member undefined. */
export interface ScoreContent {
  target: Target;
  scoreGiven?: number | null;
  scoreMaximum?: number;
  activityProgress: ScoreInput['activityProgress'];
  gradingProgress: ScoreInput['gradingProgress'];
  /** RFC 3339 in UTC with milliseconds; absent: the instant of acceptance. */
  timestamp?: string;
  comment?: string;
  submission?: { startedAt?: string; submittedAt?: string };
  scoringUserId?: string;
  extensions?: Record<string, unknown>;
  force?: boolean;
  overwrite?: 'always' | 'unlessEdited';
  externalId?: string;
  metadata?: Record<string, unknown>;
}

/** A score of a user whom the platform's id is known of. */
export interface Score extends ScoreContent {
  userId: string;
}

/** A score of somebody whom the roster of its launch is to tell. */
export interface UnmatchedScore extends ScoreContent {
  target: LaunchTarget;
  user: UserSelector;
}

/** The score to keep of an accepted input, without its platform. */
export function scoreOf(input: ScoreInput): Score | UnmatchedScore {
  const { platformId: _, ...score } = input;
  // A round trip through JSON drops the members that are undefined, at every depth; it came as JSON.
  return JSON.parse(JSON.stringify(score)) as Score | UnmatchedScore;
}

/**
 * Whether a score tells of work going on instead of giving or clearing a grade: not fully graded, or without points.
 * An explicit null is the wish to clear, never a report.
 */
export function isProgressReport(score: Pick<ScoreContent, 'scoreGiven' | 'gradingProgress'>): boolean {
  if (score.scoreGiven === null) return false;
  return score.scoreGiven === undefined || score.gradingProgress !== 'FullyGraded';
}
