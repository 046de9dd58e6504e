import { z } from 'zod';
import {
  extensionsField,
  nameField,
  pointsAvailableField,
  timestampField,
  urlField,
} from './input-fields.ts';
import type { Problem } from './problem.ts';

/** What to create when the look-up finds no line item. */
export const createLineItemSchema = z
  .strictObject({
    label: nameField(255).meta({ description: 'The name of the column.', example: 'Lab 3' }),
    scoreMaximum: pointsAvailableField().meta({ description: 'The points of the column.', example: 100 }),
    startDateTime: timestampField().optional().meta({ description: 'From when on work is taken.' }),
    endDateTime: timestampField().optional().meta({ description: 'Until when work is taken.' }),
    gradesReleased: z.boolean().optional().meta({ description: 'A wish that students see the grades.' }),
    extensions: extensionsField()
      .optional()
      .meta({ description: "Vendors' members of the line item, named by a URL." }),
  })
  .meta({ id: 'CreateLineItem', description: 'The line item to create when the look-up finds none.' });

const lineItemTarget = z
  .strictObject({
    lineItemUrl: urlField().meta({ example: 'https://lms.example/api/lti/courses/7/line_items/31' }),
  })
  .meta({ id: 'LineItemTarget', description: 'A line item by its URL.' });

const lineItemsTarget = z
  .strictObject({
    lineItemsUrl: urlField().meta({
      description: 'The line items of a course, as its launch names them.',
      example: 'https://lms.example/api/lti/courses/7/line_items',
    }),
    resourceLinkId: nameField(512).optional().meta({ description: "The platform's id of the link." }),
    resourceId: nameField(512).optional().meta({ description: 'Your id of the work.', example: 'lab-3' }),
    tag: nameField(255).optional().meta({ description: 'Tells apart columns of one work.' }),
    create: createLineItemSchema.optional(),
  })
  .refine((target) => target.resourceLinkId !== undefined || target.resourceId !== undefined, {
    error: 'must give resourceLinkId or resourceId, or both',
  })
  .meta({
    id: 'LineItemsTarget',
    description:
      'A line item to be looked up, and created if there is none and `create` is given. At least one of resourceLinkId and resourceId.',
  });

const launchTarget = z
  .strictObject({
    launchId: nameField(255).meta({ description: 'A registered launch.' }),
    resourceId: nameField(512)
      .optional()
      .meta({ description: 'Your id of the work, if not the whole link.' }),
    tag: nameField(255).optional(),
    create: createLineItemSchema.optional(),
  })
  .meta({ id: 'LaunchTarget', description: "The launch's line item, unless resourceId or tag is given." });

/** Where a score goes. */
export const targetSchema = z
  .union([lineItemTarget, lineItemsTarget, launchTarget], {
    error: 'must be an object with exactly one of lineItemUrl, lineItemsUrl and launchId',
  })
  .meta({ id: 'Target', description: 'The gradebook column.' });

/** What to create when the look-up finds no line item. */
export interface CreateLineItem {
  label: string;
  scoreMaximum: number;
  startDateTime?: string;
  endDateTime?: string;
  gradesReleased?: boolean;
  extensions?: Record<string, unknown>;
}

/** A line item by its URL. */
export interface LineItemTarget {
  lineItemUrl: string;
}

/** A line item to be looked up in its container, and created there if asked for. */
export interface LineItemsTarget {
  lineItemsUrl: string;
  resourceLinkId?: string;
  resourceId?: string;
  tag?: string;
  create?: CreateLineItem;
}

/** The line item of a launch, or one beside it. */
export interface LaunchTarget {
  launchId: string;
  resourceId?: string;
  tag?: string;
  create?: CreateLineItem;
}

export type Target = LineItemTarget | LineItemsTarget | LaunchTarget;

/** The URLs of a target that do not belong to the platform: a token goes only to its registered origins. */
export function checkTargetOrigins(
  target: Target | z.output<typeof targetSchema>,
  platform: { serviceOrigins: readonly string[] },
): Problem[] {
  return (['lineItemUrl', 'lineItemsUrl'] as const).flatMap((member) => {
    const url = (target as Partial<Record<typeof member, string>>)[member];
    if (url === undefined || platform.serviceOrigins.includes(new URL(url).origin)) return [];
    const allowed = platform.serviceOrigins.join(', ');
    return [{ pointer: `/target/${member}`, detail: `is not on an origin of this platform (${allowed})` }];
  });
}
