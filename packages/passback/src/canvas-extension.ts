import { z } from 'zod';
import { nameField, textField, timestampField, urlField } from './input-fields.ts';

/** Canvas' member of a score: what kind of submission comes with it, and what becomes of the grade that is there. */
export const CANVAS_SUBMISSION = 'https://canvas.instructure.com/lti/submission';

const MAX_FILES = 100;

const file = z.looseObject({
  type: z.literal('file', { error: 'must be "file": Canvas leaves anything else out' }),
  url: urlField(),
  title: nameField(255).optional(),
  media_type: nameField(255).optional(),
});

/** What a caller may say there (scores_controller.rb); members that are not known go to Canvas as they are. */
export const canvasSubmissionSchema = z
  .looseObject({
    new_submission: z.boolean().optional(),
    preserve_score: z.boolean().optional(),
    prioritize_non_tool_grade: z.boolean().optional(),
    submission_type: z
      .enum(['none', 'basic_lti_launch', 'online_text_entry', 'online_url', 'external_tool', 'online_upload'])
      .optional(),
    submission_data: textField(65_536).optional(),
    submitted_at: timestampField().optional(),
    content_items: z
      .array(file)
      .min(1, 'must hold at least one file')
      .max(MAX_FILES, `must hold at most ${MAX_FILES} files`)
      .optional(),
  })
  .refine((said) => said.submission_type !== 'online_upload' || said.content_items !== undefined, {
    path: ['content_items'],
    error: 'is required when submission_type is online_upload',
  });

/** The members that mean something to us, of whatever a caller said. */
export type CanvasSubmission = Partial<z.input<typeof canvasSubmissionSchema>>;

/** Canvas' member of an object: of a score's extensions, or of a posted body. Empty where there is none. */
export function canvasSubmissionIn(object: object | undefined): CanvasSubmission {
  const said = (object as Record<string, unknown> | undefined)?.[CANVAS_SUBMISSION];
  return typeof said === 'object' && said !== null && !Array.isArray(said) ? said : {};
}

/** Whether a grade that is there stays as it is whatever a post with this body says. */
export function keepsAnyGrade(body: object): boolean {
  return canvasSubmissionIn(body).preserve_score === true;
}

/** Whether Canvas will put this post's grade only where there is none: of several graders the first one counts. */
export function gradesOnlyNothing(body: object): boolean {
  return canvasSubmissionIn(body).prioritize_non_tool_grade === true;
}

/** Whether a post was to be an attempt without its caller having asked for one, so that it can go without. */
export function isAttemptByDefault(body: object): boolean {
  return canvasSubmissionIn(body).new_submission === undefined;
}
