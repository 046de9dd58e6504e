import { urlField } from '@gradewire/passback';
import { z } from 'zod';

export const lineItemUrl = urlField().meta({
  example: 'https://lms.example/api/lti/courses/7/line_items/31',
});

export const lineItemsUrl = urlField().meta({
  description: 'The line items of a course, as its launch names them.',
  example: 'https://lms.example/api/lti/courses/7/line_items',
});

export const membershipsUrl = urlField().meta({
  description: 'The member list of a course, as its launch names it.',
  example: 'https://lms.example/api/lti/courses/7/names_and_roles',
});

export const launchId = z.string().min(1).max(255).meta({ description: 'A registered launch.' });

/** Text that a platform is asked for by. */
export const filterText = (maxLength: number) => z.string().min(1, 'must not be empty').max(maxLength);

/** Whether exactly one of some members was given. */
export function isOneGiven(values: readonly unknown[]): boolean {
  return values.filter((value) => value !== undefined).length === 1;
}
