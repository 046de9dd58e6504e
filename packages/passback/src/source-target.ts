import { z } from 'zod';
import { nameField, pointsAvailableField, urlField } from './input-fields.ts';
import { type CreateLineItem, createLineItemSchema, type Target, targetSchema } from './target.ts';

const perAssignment = {
  perAssignment: z.literal(true, 'must be true, or be left out').meta({
    description:
      'A column for each assignment: the name of it that the grade tells becomes the resourceId, and the label of the column.',
  }),
  tag: nameField(255).optional().meta({ description: 'Tells apart columns of one assignment.' }),
  create: z
    .strictObject({
      ...createLineItemSchema.omit({ label: true }).shape,
      scoreMaximum: pointsAvailableField()
        .optional()
        .meta({ description: 'The points of a column. Default: the scoreMaximum of the grade.' }),
    })
    .optional()
    .meta({ description: 'The column to create when there is none yet.' }),
};

const launchPerAssignment = z
  .strictObject({
    launchId: nameField(255).meta({ description: 'A registered launch of the course.' }),
    ...perAssignment,
  })
  .meta({
    id: 'LaunchPerAssignment',
    description: 'A column for each assignment, in the course of a launch.',
  });

const lineItemsPerAssignment = z
  .strictObject({
    lineItemsUrl: urlField().meta({ description: 'The line items of a course, as its launch names them.' }),
    ...perAssignment,
  })
  .meta({ id: 'LineItemsPerAssignment', description: 'A column for each assignment, among the line items.' });

/** Where the scores of a source go: to one column, or to one for each assignment. */
export const sourceTargetSchema = z
  .union([...targetSchema.options, launchPerAssignment, lineItemsPerAssignment], {
    error:
      'must be an object with exactly one of lineItemUrl, lineItemsUrl and launchId; with perAssignment one of the latter two, and no resourceId',
  })
  .meta({ id: 'SourceTarget', description: 'The gradebook column, or one for each assignment.' });

/** A column for each assignment. */
export type PerAssignmentTarget = ({ launchId: string } | { lineItemsUrl: string }) & {
  perAssignment: true;
  tag?: string;
  create?: Partial<Omit<CreateLineItem, 'label'>>;
};

export type SourceTarget = Target | PerAssignmentTarget;

/**
 * The target of one grade, to be checked as that of any score: of a source with a column for each assignment, the one that
 * the assignment names.
 * @returns undefined when the grade names no assignment, and it is needed
 */
export function targetOfGrade(
  target: SourceTarget,
  grade: { assignment?: string | undefined; scoreMaximum?: unknown },
): object | undefined {
  if (!('perAssignment' in target)) return target;
  const { assignment } = grade;
  if (assignment === undefined) return undefined;
  const { perAssignment: _, create, ...place } = target;
  const column = create && { label: assignment, scoreMaximum: grade.scoreMaximum, ...create };
  return { ...place, resourceId: assignment, ...(column && { create: column }) };
}
