import { instantOf } from '../instant.ts';
import { isObject, type JsonObject, numberIn, objectIn, textIn } from '../json-value.ts';
import type { Who } from '../who.ts';

/** What Gradescope tells a grader about the submission that it grades. */
export interface SubmissionMetadata {
  /** Who handed it in: a group is several. */
  students: Who[];
  submittedAt?: string;
  assignment?: string;
  /** What the assignment is worth, with what is graded by hand. */
  totalPoints?: number;
}

/**
 * Reads `submission_metadata.json` (gradescope-autograders.readthedocs.io/en/latest/submission_metadata). `total_points` is a text there,
 * and `id` is Gradescope's own; `sid`, the student id of the roster, is in the file of most courses, though that page does not list it.
 */
export function readMetadata(metadata: JsonObject): SubmissionMetadata {
  const users = Array.isArray(metadata.users) ? metadata.users.filter(isObject) : [];
  const details = objectIn(metadata, 'assignment');
  const submittedAt = instantOf(textIn(metadata, 'created_at'));
  const assignment = textIn(details, 'title');
  const totalPoints = numberIn(details, 'total_points') ?? 0;
  return {
    students: users.map(studentOf),
    ...(submittedAt === undefined ? {} : { submittedAt }),
    ...(assignment === undefined ? {} : { assignment }),
    ...(totalPoints > 0 ? { totalPoints } : {}),
  };
}

function studentOf(user: JsonObject): Who {
  const email = textIn(user, 'email');
  const sourcedId = textIn(user, 'sid');
  const senderId = textIn(user, 'id');
  return {
    identities: [
      ...(email === undefined ? [] : [{ email }]),
      ...(sourcedId === undefined ? [] : [{ sourcedId }]),
      ...(senderId === undefined ? [] : [{ senderId }]),
    ],
  };
}
