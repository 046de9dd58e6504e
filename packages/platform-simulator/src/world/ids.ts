import { createHash } from 'node:crypto';

/** How a platform's ids look. */
export interface IdShapes {
  users: 'number' | 'uuid' | 'hex' | 'plain';
  /** `usageKey`: of an Open edX block, with a `+` that URLs must escape. */
  resourceLinks: 'number' | 'plain' | 'usageKey';
  /** `key`: Blackboard's `_1_1`. Default: a number. */
  courses?: 'key';
  lineItems?: 'uuid' | 'key';
}

export function courseIdOf(n: number, { courses }: IdShapes): string {
  return courses === 'key' ? `_${n}_1` : String(n);
}

export function lineItemIdOf(n: number, shape: IdShapes['lineItems']): string {
  if (shape === 'uuid') return uuidOf(`line item ${n}`);
  return shape === 'key' ? `_${n}_1` : String(n);
}

export function resourceLinkIdOf(n: number, { resourceLinks }: IdShapes): string {
  if (resourceLinks === 'number') return String(n);
  if (resourceLinks === 'plain') return `link-${n}`;
  return `block-v1:Simulated+C1+2026+type@lti_consumer+block@${digestOf(`link ${n}`)}`;
}

/** @param n counts the people of a role from 1; `number` is the platform's own number for one */
export function userIdOf(number: number, role: string, n: number, { users }: IdShapes): string {
  switch (users) {
    case 'number':
      return String(number);
    case 'plain':
      return `${role === 'learner' ? 'student' : 'teacher'}-${n}`;
    case 'hex':
      return digestOf(`user ${number}`);
    case 'uuid':
      return uuidOf(`user ${number}`);
  }
}

/** The same for the same text. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
